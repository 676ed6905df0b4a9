#include "cli/manual_guides.h"

#include "cli/roff.h"
#include "core/base/error.h"
#include "core/base/text.h"

namespace kms::cli {

std::string start_section() {
  return cat(
      heading("Start"),
      code_lines("kmsctl init              # asks for a passphrase, shows a recovery code\n"
                 "kmsctl unlock            # an agent holds the vault open\n"
                 "kmsctl create-key --alias alias/app\n"
                 "kmsctl encrypt-file -k alias/app report.pdf\n"
                 "kmsctl decrypt-file report.pdf.kms\n"
                 "kmsctl audit list --output table"),
      paragraph("A command that is denied is explained by kmsctl policy explain. A forgotten passphrase: the recovery "
                "code is accepted wherever a passphrase is."));
}

std::string unlocking_section() {
  return cat(
      heading("Unlocking"),
      paragraph(
          "The secret that opens a vault is never an argument. It is taken from the first of these that is given:"),
      compact(cat(item("--passphrase-fd NUMBER", "an open file descriptor"),
                  item("--passphrase-file FILE", "a file that nobody else can read"),
                  item("--keyfile FILE, $KMSCTL_KEYFILE", "a keyfile that nobody else can read"),
                  item("$KMSCTL_PASSPHRASE_FILE", "like --passphrase-file"),
                  item("$CREDENTIALS_DIRECTORY/kmsctl.keyfile, kmsctl.passphrase",
                       "credentials that systemd passes to a service"),
                  item("an agent that has the vault open", "where none of these is given; see kmsctl-agent(1)"),
                  item("the terminal", "asked without echo, three times at most"))),
      paragraph("A credential that is named says who calls. One of the environment leaves the work to an agent that "
                "would answer as the same principal; with KMSCTL_AGENT, one that would not is an error."),
      paragraph("One newline at the end of a passphrase is left out; 1 to 1024 bytes are accepted. A recovery code is "
                "accepted wherever a passphrase is. Without a source and without a terminal the command fails at once "
                "with exit code 7."),
      paragraph("Which credential has the vault open is in the trail once an hour, as an event Unlock. One that opens "
                "nothing cannot write there: it is noted in the file unlock.failed of the vault, for you alone, and "
                "becomes an event Unlock when the vault is opened next."));
}

std::string environment_section() {
  return cat(
      heading("Environment and files"),
      compact(cat(
          item("KMSCTL_VAULT", "the vault, where --vault is not given"),
          item("XDG_DATA_HOME",
               "without KMSCTL_VAULT the vault is kmsctl/default in this directory, "
               "~/.local/share where it is not set"),
          item("KMSCTL_AGENT", "the socket of the agent to use; no other way to the vault is then tried"),
          item("KMSCTL_AGENT_UID", "the user, by name or number, that the agent may run as; see --agent-uid"),
          item("XDG_RUNTIME_DIR",
               "without KMSCTL_AGENT the sockets are in kmsctl of this directory: agent.sock for the default vault, "
               "agent-DEVICE-INODE.sock for another one"),
          item("KMSCTL_KEYFILE, KMSCTL_PASSPHRASE_FILE, CREDENTIALS_DIRECTORY", "see UNLOCKING"),
          item("AWS_REGION, AWS_DEFAULT_REGION",
               "the Region of calls that name none, by option or ARN, and the home Region of a vault that init makes; "
               "the "
               "first that is set"),
          item("AWS_DEFAULT_OUTPUT", "the format of answers, where --output is not given"),
          item("KMSCTL_SESSION_TOKEN",
               "the session of a role, set by role assume for the command that it runs; works only together with the "
               "credential of the user who assumed the role"),
          item("COLUMNS", "how wide help is, where that is not what the terminal says"))));
}

std::string agent_section() {
  return cat(
      heading("The agent"),
      paragraph(
          "kmsctl unlock starts an agent, which holds the unlocked vault until kmsctl lock, kmsctl agent stop or "
          "its --idle-timeout. Commands find it at its socket by themselves, and print the same as without it. A "
          "credential that the command line names, --no-agent, or an agent that is locked or serves another vault "
          "makes a command open the vault itself."),
      paragraph(
          "A command tells nothing to an agent that anybody else may run: it must be of your own user, of root, of the "
          "owner of the vault where --vault or KMSCTL_VAULT names one, or of the user whom --agent-uid or "
          "KMSCTL_AGENT_UID names. The directory of its socket must belong to one of these, and nobody else may be "
          "able to write to it; nor is a socket made where others can write. A socket that systemd holds for a system "
          "service "
          "is root's. A uid that the user namespace does not map is nobody's."),
      paragraph("On the unix socket the kernel says who calls. Whoever unlocked the agent is the principal of that "
                "credential; others are whom kmsctl principal map-uid makes them, or nobody. Which built-in service "
                "calls (kms:ViaService) is what the caller says; a program of the caller may say the same."),
      paragraph("Policies decide who manages the agent: kmsctl:Lock, kmsctl:Stop, kmsctl:Reload, kmsctl:GetMetrics, "
                "kmsctl:Maintain (with kmsctl:ConfirmDestroy for maintain --confirm-destroy), kmsctl:CheckVault and "
                "kmsctl:GetVaultStatus. The root of the home account may do all of it, and takes over an agent that "
                "somebody else has unlocked, with kmsctl unlock and its own credential. Root and the user that runs "
                "the agent may lock, stop and reload it without. Each leaves an audit event; failed attempts to "
                "unlock are counted while the vault is locked, and written when it is unlocked. After three of them "
                "a user of the system has to wait, up to half a minute; others do not. Only calls that were allowed "
                "put the idle timeout off. A caller who is refused more than twenty times a second is throttled and "
                "leaves no event each time; the next event has their number."),
      paragraph(
          "With --listen it speaks the AWS KMS API, and GetCallerIdentity and AssumeRole of STS, over HTTP: "
          "clients of AWS work with --endpoint-url http://127.0.0.1:PORT and a key of kmsctl access-key create. "
          "Every request is signed (Signature Version 4, at most five minutes old); the region is the one it is "
          "signed for. Other addresses than those of loopback need --tls-cert and --tls-key, and clients of other "
          "machines a --host by which they call it."),
      paragraph("--metrics-listen answers GET /metrics in the text format of Prometheus, over HTTP and without a "
                "signature, to whoever reaches that address: numbers of keys, calls, errors and failed attempts to "
                "unlock, and whether the vault is locked; names of principals who were denied something only with "
                "--metrics-principals. It leaves no event, and nothing else is answered there but health."),
      paragraph("GET or HEAD of /health, /ping or / say 200 on both listeners while the agent runs, locked or not, and "
                "nothing else. Over TCP a request has 64 KiB, more where its operation may need it, and what a caller "
                "who is not yet known sends is bounded: half of the connections for one address, all of loopback "
                "being one; a quarter of them, and threads of their own, are kept for the unix socket; of these, some "
                "for root, for the agent's own user and for whoever unlocked it. Where there is no place, the oldest "
                "idle connection makes room."),
      paragraph(
          "Every answer has its audit event on disk before it leaves. Requests that wait at the same time share a "
          "write of the vault's journal, and the next to open the vault finds in it what an agent that was killed "
          "left. "
          "A change that another process makes to the vault is seen by the next request. An operation that "
          "destroys a secret waits until it has the vault for itself; other processes cannot do that while an "
          "agent has it."),
      paragraph("encrypt-file --cache-max-age lets the agent give one data key to several files of one principal, key "
                "and encryption context, within the limits given; each use is an audit event GetCachedDataKey."),
      paragraph("Quotas are enforced by the agent alone. kmsctl metrics, or GET /metrics on the unix socket, counts "
                "requests, errors, throttling, latencies and commits. A socket of systemd and its notifications are "
                "supported; the units kmsctl-agent (of a user) and kmsctl (of the machine, under its own user) are "
                "installed."));
}

std::string value_section() {
  return cat(
      heading("Values of options"), item("file://FILE", "the text of a file, for any option of the AWS KMS API"),
      item("fileb://FILE", "the bytes of a file, where an option takes a BLOB"),
      item("BLOB", "inline it is base64; with --cli-binary-format raw-in-base64-out it is the bytes themselves"),
      item("NAME=VALUE,...",
           "a map in the shorthand of aws; the option may be repeated; a JSON object is accepted too"),
      item("Member=VALUE,...", "a structure in shorthand; several are several values; JSON is accepted too"),
      paragraph("In shorthand, single or double quotes around a VALUE are no part of it: app=\"web, mobile\". A "
                "backslash stands before a quote inside of them, and before a comma outside of them. Blanks around "
                "= and , do not count. [a,b] is a list, and so is a,b where no = follows; {Name=VALUE,...} is a map. "
                "Name@=file://FILE takes the text of a file, Name@=fileb://FILE its bytes. Names have letters, "
                "digits and - _ . # / : alone; JSON has any. A pair of -c KEY=VALUE is no shorthand: all that "
                "follows its = is the value."));
}

}  // namespace kms::cli
