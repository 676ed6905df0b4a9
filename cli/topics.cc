#include "cli/topics.h"

#include <algorithm>
#include <array>

namespace kms::cli {
namespace {

constexpr auto kTopics = std::to_array<Topic>({
    {"access-key", "Access keys, with which clients of AWS call the agent",
     "An access key is a name and a secret that sign requests, as at AWS. It belongs to a user or to the owner of the "
     "account, and is good for the agent's listener alone: it opens no vault."},
    {"account", "Accounts that the vault knows beside its own", {}},
    {"agent", "Run, end and look at the agent, which holds the unlocked vault", {}},
    {"alert", "Whom the vault tells when something happens",
     "A notice goes into the vault with what it tells of, and is delivered a moment later: by an agent, else by the "
     "command itself, the next one, or kmsctl maintain. It is one line of JSON; a program gets it on its standard "
     "input "
     "(kmsctl-scripting(7) has its members). What cannot be delivered is tried again for nine hours, then kept: kmsctl "
     "alert show NAME shows it, kmsctl alert retry NAME delivers it. Of events that are alike, one notice a minute is "
     "enough. Unless --count and --within say otherwise, access-denied and quota-reached mean ten times within 5m, "
     "failed-unlock once; unless --days does, deletion-of-used-key means used within 30 days, material-expiring and "
     "checkpoint-overdue 7 days, rotation-overdue one. access-widened is about everybody and other accounts, audit-gap "
     "about what is not in the trail, or no longer."},
    {"alias", "Friendly names of keys",
     "An alias is alias/NAME, and names one key. It may be moved to another key; what was encrypted by the old one "
     "still opens, because the ciphertext says which key it needs."},
    {"api", "The operations of AWS KMS that kmsctl has", {}},
    {"audit", "What was done, by whom and with what result",
     "Every call leaves an event, in the shape of a CloudTrail record, before its result leaves kmsctl; so do calls "
     "that are refused, what the vault does by itself, and each credential that opens it, once an hour, or opens "
     "nothing. Only looks at the trail itself can be left out: kmsctl audit set --record-reads false. Events stay for "
     "ever, unless somebody prunes old ones: kmsctl audit prune, or kmsctl audit set --keep, which lets upkeep do it. "
     "In "
     "additionalEventData an event tells what its call means to the owner of a key: newlyAllows, the principals of "
     "other accounts whom a key policy, a trust policy or a grant lets in and the policy before did not (\"*\" for "
     "everybody); lastUsage, when the key was last used whose deletion is scheduled."},
    {"cloudtrail", "The operation of AWS CloudTrail that kmsctl has", {}},
    {"backup", "Look into backups of a vault, without the vault",
     "A backup is opened by what it was made for: what opened the vault, or its own passphrase, recovery code or "
     "recipient. What the credential proves of who made the file OpenedBy tells: a recipient's proves nothing, for "
     "anybody can seal to it."},
    {"completion",
     {},
     "Prints what a shell needs to complete words of kmsctl. Where kmsctl was installed, bash-completion, zsh and fish "
     "find it by themselves. Names of keys, principals and Regions come from an agent that has the vault open; without "
     "one, nothing is asked for."},
    {"decrypt-file",
     {},
     "Each output appears when it is complete and authentic, and replaces nothing without --force. What was secret is "
     "written for you alone, unless --mode says otherwise. A file that fails stops no other; the exit code is that of "
     "the first failure."},
    {"decrypt",
     {},
     "Reads what encrypt wrote from standard input, and needs the same encryption context. With an option of the API, "
     "as --ciphertext-blob, it is kmsctl kms decrypt."},
    {"encrypt",
     {},
     "Reads from standard input, so that plaintext stands in no list of processes. The encryption context (-c) is no "
     "secret, but must be given again, exactly, to decrypt. With an option of the API, as --plaintext, it is kmsctl "
     "kms "
     "encrypt."},
    {"encrypt-file",
     {},
     "Writes FILE.kms in the format of the AWS Encryption SDK, with a data key of its own for each file. Without -k "
     "the "
     "vault's own key for files is used. A file that fails stops no other; the exit code is that of the first "
     "failure."},
    {"endpoint", "What a listener of the agent lets through", {}},
    {"grant", "Permissions to use one key, given and taken back singly", {}},
    {"import-key",
     {},
     "The key was made with create-key --origin EXTERNAL. The material is wrapped on the way, as with "
     "get-parameters-for-import and import-key-material, and never leaves the vault again."},
    {"init",
     {},
     "Asks for a passphrase, or makes a keyfile for scripts and CI with --generate-keyfile. The recovery code opens "
     "the "
     "vault when the passphrase is lost: keep it somewhere else."},
    {"key-store", "Keys whose material is elsewhere", {}},
    {"lock", {}, "The agent wipes its keys and goes on; kmsctl unlock opens the vault again."},
    {"maintain", {}, "Every use of the vault does what is due as well; a timer that calls maintain does it on time."},
    {"org", "Service and resource control policies",
     "They limit what principals of an account, or what can be reached in it, whatever other policies allow. A level "
     "is "
     "root, root/UNIT/... or an account."},
    {"passphrase", "Change the passphrase", {}},
    {"policy", "Key policies: show, change, explain and check them",
     "A key policy says who may do what with a key. allow and revoke change it by a statement and show how; explain "
     "says why something is allowed or denied, and is the first thing to ask after an AccessDeniedException."},
    {"principal", "Users, groups and roles, and what they may do",
     "Who unlocks the vault is who calls. root is the owner of the account; users have credentials of their own, roles "
     "are assumed. Policies of a principal say what it may do; a permissions boundary limits them."},
    {"quota", "How often principals may call the agent", {}},
    {"recovery", "A recovery code in shares that several people keep",
     "split makes a new recovery code in a slot of its own, and shares of it, each of which is 33 words to write down "
     "(SLIP-0039): some of them, as three of five, give the code again, and fewer tell nothing. The code itself is "
     "written nowhere. combine puts shares together, from files or typed, and prints the code, which is taken wherever "
     "a passphrase is: kmsctl recovery combine share-1 share-3 share-5 | kmsctl passphrase change --passphrase-fd 0 "
     "--new-passphrase-file new.txt. When shares got out, split again, and remove the slot of before."},
    {"recovery combine",
     {},
     "As many shares as their threshold says, no more: in files, one or several in each with an empty line between "
     "them, or typed at the terminal, where four letters or Tab complete a word and each share is checked at once. "
     "Upper case and the first four letters of words are fine. The code is taken wherever a passphrase is: kmsctl "
     "recovery combine share-1 share-3 share-5 | kmsctl unlock --passphrase-fd 0. --check needs the files of the vault "
     "and no other credential, and shows nothing. The exit code is 6 when a share is damaged, and 8 when the shares "
     "open nothing."},
    {"region", "The Regions of the vault",
     "A Region is a part of the vault with its own keys, aliases, grants and audit trail. Principals are shared."},
    {"replica", "Replicas of multi-Region keys in other vaults",
     "A replica goes from vault to vault in a file that is sealed for the other vault's transport key. Imported "
     "material never travels: import it there as well."},
    {"report",
     {},
     "One page that opens from disk, prints, and loads nothing: keys by state, spec and age, what rotates, expires and "
     "is destroyed in the next twelve months, use by day, denials, who can use the 50 keys that are used most, slots, "
     "and a checkpoint of the audit trail. What you may not ask is left out, and the page says so. It tells who uses "
     "which keys: give it to nobody who may not know that."},
    {"role", "Act as a role",
     "The session is that of the role, for as long as --duration says. Its token is no secret: it works only together "
     "with the credential of the user who assumed the role."},
    {"rotate",
     {},
     "What the old material encrypted it decrypts for ever. Keys that cannot rotate, as those that sign, are replaced "
     "by another one with --new-key."},
    {"schedule-deletion",
     {},
     "Shows what still uses the key, and asks. Until the waiting period is over the key is out of use, and "
     "cancel-deletion brings it back; then nothing does."},
    {"sign",
     {},
     "Writes FILE.sig for each file, which openssl verifies with the public key. Without -k the vault's own key for "
     "signatures is used. With an option of the API, as --message, it is kmsctl kms sign."},
    {"slot", "Credentials that open the vault",
     "Each slot is a passphrase, a keyfile or a recovery code, and belongs to a principal: as whom a slot opens the "
     "vault is who calls. Removing one seals the vault anew, so that it opens nothing written from then on."},
    {"status", {}, "Through the agent that has the vault open, or in this process with the credential that is given."},
    {"sts", "The operations of AWS STS that kmsctl has", {}},
    {"tag", "Tags of keys, which policies may go by", {}},
    {"unlock",
     {},
     "Starts an agent where none runs, and gives it the passphrase, keyfile or recovery code. Commands find it by "
     "themselves and ask for nothing more; --idle-timeout and kmsctl lock end that."},
    {"usage",
     {},
     "Counts events of the audit trail, those of calls that failed too; of the last 30 days, unless --since says "
     "otherwise. DAYS has a bar a day, or for some days together where there are many."},
    {"vault", "Back up, restore and check the vault, and show its transport key",
     "vault backup writes one file that is sealed and of one moment, whoever uses the vault meanwhile. What opens the "
     "vault opens it, unless something else is named: a passphrase, a recovery code, a slot of another vault "
     "(--recipient). One event tells of it, before a byte of it leaves; the pieces leave none. Whoever opens a backup "
     "has the keys of the vault as they were, also those that were destroyed "
     "since: keep it no longer than you may need it. vault restore makes a vault of it under new keys, where there is "
     "none; a key that the vault has destroyed since stays out, where the vault is there to be asked."},
    {"verify",
     {},
     "Needs no vault with --public-key. The exit code is 6 when a signature is not that of the file and key."},
    {"whoami",
     {},
     "Says whether policies are enforced: by an agent of another user they are, in this process they are advice."},
});

}  // namespace

std::span<const Topic> topics() {
  return kTopics;
}

const Topic* find_topic(std::string_view word) {
  const auto found =
      std::find_if(kTopics.begin(), kTopics.end(), [&](const Topic& topic) { return topic.word == word; });
  return found == kTopics.end() ? nullptr : &*found;
}

const std::vector<OverviewGroup>& overview() {
  static const std::vector<OverviewGroup> groups = {
      {"Start, and unlock", {"init", "unlock", "lock", "status", "whoami", "slot", "passphrase change", "recovery"}},
      {"Keys", {"keys", "create-key", "alias", "rotate", "import-key", "get-public-key", "schedule-deletion"}},
      {"Files, secrets and signatures", {"encrypt", "decrypt", "encrypt-file", "decrypt-file", "sign", "verify"}},
      {"Who may do what, and who did it", {"principal", "role assume", "policy", "grant", "access-key", "audit list"}},
  };
  return groups;
}

}  // namespace kms::cli
