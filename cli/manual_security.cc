#include "cli/manual_guides.h"
#include "cli/roff.h"
#include "core/base/text.h"

namespace kms::cli {

namespace {

std::string at_rest() {
  return cat(
      heading("At rest"),
      paragraph(
          "Somebody who takes the disk, a backup or a copy reads nothing: no key, alias, tag, principal or event. "
          "The number of records, their padded sizes and the times of the files can be seen. A passphrase can be "
          "guessed, at the price of one Argon2id run (at least 64 MiB, three passes) a guess."),
      paragraph("Somebody who changes, erases, adds or puts back records without a credential is found out by the next "
                "use of them: the command ends with exit code 12, and nothing that such a record says is obeyed. A "
                "whole older copy of the vault that is put back is noticed by a machine that has used a newer one, "
                "and remembers it in ~/.local/state/kmsctl/anchors: kmsctl vault accept-rollback goes on with it. A "
                "machine that has not cannot tell."),
      paragraph(
          "Changing a passphrase or removing a slot seals everything again: the old credential opens nothing that "
          "is written from then on, not even with an old header. Copies from before still open with it."),
      heading("Destruction"),
      paragraph("Material of keys is kept under a key of its own in the header, which is renewed when a key is "
                "destroyed, and the data file is compacted. Somebody who knows the passphrase and has the files from "
                "then on cannot bring it back. Copies of the whole vault from before can, and so may the cells of an "
                "SSD or the snapshots of a file system."),
      paragraph(
          "The clock destroys nothing early: what is past its date goes when that was seen at two uses of the "
          "vault a day apart, and not while the clock is behind a time that it has shown. Until then it is out of "
          "reach. kmsctl maintain --confirm-destroy does not wait. Events of the trail that are older than kmsctl "
          "audit "
          "set --keep says go by the same rule, and --confirm-destroy does not hurry them."));
}

}  // namespace

std::string security_manual() {
  return cat(
      page_head("kmsctl-security", '7', "who enforces what, and what is not protected"),
      heading("Who enforces policies"),
      item(
          "advisory (in-process)",
          "Without an agent each command opens the vault itself, and evaluates and audits its own call. That guards "
          "honest people against mistakes. Whoever can open the vault, as any principal, holds its root key in memory, "
          "and could write a program that asks no policy and leaves no audit event."),
      item("advisory (your own agent)",
           "An agent of your own user saves you typing. Your other programs can reach it as you can."),
      item("enforced (agent)",
           "An agent that runs as another user is a boundary: the kernel says who calls its unix socket, a signature "
           "who "
           "calls its listener, and nobody else can read the vault. Which built-in service calls (kms:ViaService) is "
           "the "
           "caller's own word."),
      paragraph("kmsctl whoami and kmsctl policy explain say which of these holds."), at_rest(), heading("In use"),
      paragraph(
          "Root on the machine, the kernel, and whoever reads the terminal can take everything while the vault is "
          "open. Keys are in the memory of the agent until it is locked; the units of systemd keep that memory out "
          "of the swap space. There is no HSM and no validated module here."),
      paragraph(
          "Values that are given inline stand in the list of processes and in the shell's history. Give plaintext "
          "as fileb:// or through standard input. At a terminal a command warns of it."),
      paragraph(
          "Secrets are printed where a command is for that alone (access-key create, generate-data-key, decrypt), "
          "as aws prints them. A recovery code is not: init shows it at a terminal, or writes it where "
          "--recovery-code-file says, and recovery combine prints it into a pipe, or at a terminal with --show."),
      paragraph(
          "Of a recovery code in shares (kmsctl recovery) fewer than the threshold tell nothing, however long somebody "
          "computes. Shares that lie together are the code: files of them are for the way to those who keep them. Who "
          "has enough of them needs the files of the vault as well."),
      paragraph(
          "What is decrypted into a file is for you alone, whatever the permissions of the ciphertext are, unless "
          "--mode says otherwise; other files have what the umask leaves."),
      paragraph("On a terminal, control characters (C0, DEL, C1 and those of direction) in what others wrote are shown "
                "as escapes, and binary is not written there. No program that kmsctl starts (an editor, the command of "
                "role assume) can gain privileges, as by sudo."),
      paragraph("Completion asks an agent that has the vault open for the names of aliases, keys, principals and "
                "Regions, and each answer has its audit event. It neither asks for a credential nor uses one that the "
                "environment names."),
      heading("See also"), page_name("kmsctl", '1'), page_name("kmsctl-agent", '1'));
}

}  // namespace kms::cli
