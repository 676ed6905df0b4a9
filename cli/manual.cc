#include "cli/manual.h"

#include <algorithm>
#include <map>

#include "core/base/error.h"
#include "core/base/text.h"

namespace kms::cli {
namespace {

// Text as it is: no escape, no request, and hyphens that can be copied.
std::string roff(std::string_view text) {
  std::string out;
  if (text.starts_with('.') || text.starts_with('\'')) out += "\\&";
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if (c == '\'') {
      out += "\\(aq";
    } else {
      out += c == '\n' ? ' ' : c;
    }
  }
  return out;
}

std::string heading(std::string_view name) {
  std::string upper(name);
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return cat(".SH ", roff(upper), "\n");
}

std::string paragraph(std::string_view text) {
  return cat(".PP\n", roff(text), "\n");
}

std::string item(std::string_view tag, std::string_view text) {
  return cat(".TP\n.B ", roff(tag), "\n", roff(text), "\n");
}

std::string option_tag(const OptionText& option) {
  std::string tag;
  for (const std::string& name : option.names) tag += cat(tag.empty() ? "" : ", ", name);
  return option.type.empty() || option.positional ? tag : cat(tag, " ", option.type);
}

std::string option_items(const std::vector<OptionText>& options) {
  std::string out;
  for (const OptionText& option : options) {
    std::string help = option.help;
    if (option.required) help += help.empty() ? "required" : " (required)";
    out += item(option_tag(option), help.empty() ? "see the AWS KMS API reference" : std::string_view(help));
  }
  return out;
}

std::string form_of(const Field& member) {
  switch (member.kind) {
    case FieldKind::kBlob:
      return " (base64)";
    case FieldKind::kTimestamp:
      return " (ISO 8601)";
    case FieldKind::kDocument:
      return " (JSON)";
    default:
      return {};
  }
}

// Each member by the --query that prints it.
std::string member_items(const std::vector<Field>& members, const std::string& prefix) {
  std::string out;
  for (const Field& member : members) {
    const bool list = member.kind == FieldKind::kTextList || member.kind == FieldKind::kStructureList;
    const std::string path = cat(prefix, member.name, list ? "[]" : "");
    out += item(path, cat(member.help, form_of(member)));
    out += member_items(member.members, cat(path, "."));
  }
  return out;
}

std::string command_section(const CommandText& command) {
  std::string name = "kmsctl ";
  name += command.spellings.size() > 1 ? cat("[kms] ", command.path) : command.spellings.front();
  for (const OptionText& option : command.options) {
    if (option.positional)
      name += cat(" ", option.required ? "" : "[", option.names.front(), option.required ? "" : "]");
  }
  std::string out = cat(".SS ", roff(name), "\n", roff(command.summary), ".\n");
  if (!command.options.empty()) out += cat(".RS\n", option_items(command.options), ".RE\n");
  if (!command.prints_as.empty()) {
    out += cat(".RS\n.PP\nPrints what kmsctl ", roff(command.prints_as), " prints.\n.RE\n");
  }
  if (!command.prints.empty()) out += cat(".RS\n.PP\nPrints:\n", member_items(command.prints, ""), ".RE\n");
  return out;
}

std::string credential_section() {
  return cat(
      heading("Unlocking"),
      paragraph(
          "The secret that opens a vault is never an argument. It is taken from the first of these that is given:"),
      item("--passphrase-fd NUMBER", "an open file descriptor"),
      item("--passphrase-file PATH", "a file that nobody else can read"),
      item("--keyfile PATH, $KMSCTL_KEYFILE", "a keyfile that nobody else can read"),
      item("$KMSCTL_PASSPHRASE_FILE", "like --passphrase-file"),
      item("$CREDENTIALS_DIRECTORY/kmsctl.keyfile, kmsctl.passphrase", "credentials that systemd passes to a service"),
      item("an agent that has the vault open", "where none of these is given; see THE AGENT"),
      item("the terminal", "asked without echo, three times at most"),
      paragraph("A credential that is named says who calls. One of the environment leaves the work to an agent that "
                "would answer as the same principal; with KMSCTL_AGENT, one that would not is an error."),
      paragraph("One newline at the end of a passphrase is left out; 1 to 1024 bytes are accepted. A recovery code is "
                "accepted wherever a passphrase is. Without a source and without a terminal the command fails at once "
                "with exit code 7."));
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

std::string environment_section() {
  return cat(
      heading("Environment and files"), item("KMSCTL_VAULT", "the vault, where --vault is not given"),
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
           "the Region of calls that name none, by option or ARN, and the home Region of a vault that init makes; the "
           "first that is set"),
      item("AWS_DEFAULT_OUTPUT", "the format of answers, where --output is not given"),
      item("KMSCTL_SESSION_TOKEN",
           "the session of a role, set by role assume for the command that it runs; works only together with the "
           "credential of the user who assumed the role"));
}

std::string argument_section() {
  return cat(
      heading("Values of options"), item("file://PATH", "the text of a file, for any option of the AWS KMS API"),
      item("fileb://PATH", "the bytes of a file, where an option takes a BLOB"),
      item("BLOB", "inline it is base64; with --cli-binary-format raw-in-base64-out it is the bytes themselves"),
      item("NAME=VALUE,...",
           "a map in the shorthand of aws; the option may be repeated; a JSON object is accepted too"),
      item("Member=VALUE,...", "a structure in shorthand; several are several values; JSON is accepted too"),
      paragraph("In shorthand, single or double quotes around a VALUE are no part of it: app=\"web, mobile\". A "
                "backslash stands before a quote inside of them, and before a comma outside of them. Blanks around "
                "= and , do not count. [a,b] is a list, and so is a,b where no = follows; {Name=VALUE,...} is a map. "
                "Name@=file://PATH takes the text of a file, Name@=fileb://PATH its bytes. Names have letters, "
                "digits and - _ . # / : alone; JSON has any. A pair of -c KEY=VALUE is no shorthand: all that "
                "follows its = is the value."));
}

std::string security_section() {
  return cat(
      heading("Security notes"),
      paragraph("Without the agent each command opens the vault itself. Whoever can open it can do everything: key "
                "policies and grants are then advisory. They bind callers only when an agent that runs as "
                "another user holds the vault."),
      paragraph("An administrator of the machine can read the memory of any process and with it the keys. The vault "
                "protects keys that are at rest: in backups, on lost disks, in copies."),
      paragraph("Values that are given inline stand in the list of processes and in the shell's history. Give "
                "plaintext as fileb:// or through standard input. At a terminal a command warns of it."),
      paragraph(
          "Secrets are printed where a command is for that alone (access-key create, generate-data-key, decrypt), "
          "as aws prints them. A recovery code is not: init shows it at a terminal, or writes it where "
          "--recovery-code-file says."),
      paragraph(
          "What is decrypted into a file is for you alone, whatever the permissions of the ciphertext are, unless "
          "--mode says otherwise; other files have what the umask leaves."),
      paragraph("On a terminal, control characters (C0, DEL, C1 and those of direction) in what others wrote are shown "
                "as escapes, and binary is not written there. No program that kmsctl starts (an "
                "editor, the command of role assume) can gain privileges, as by sudo."));
}

std::string_view meaning_of(int code) {
  static const std::map<int, std::string_view> meanings = {
      {1, "internal error"},
      {2, "the command or the request makes no sense"},
      {3, "not found"},
      {4, "access denied"},
      {5, "state or use of the key"},
      {6, "integrity: ciphertext, signature or MAC"},
      {7, "the vault is locked"},
      {8, "wrong passphrase"},
      {9, "throttled, or a limit"},
      {10, "conflict with what exists, or a dry run that would have succeeded"},
      {11, "a file cannot be read or written"},
      {12, "the vault is damaged"},
      {13, "unsupported"}};
  const auto found = meanings.find(code);
  return found == meanings.end() ? std::string_view("failure") : found->second;
}

std::string exit_code_section() {
  std::map<int, std::string> names;
#define KMS_X(id, wire, http, exit) names[exit] += cat(names[exit].empty() ? "" : ", ", wire);
  KMS_ERRORS(KMS_X)
#undef KMS_X
  std::string out = cat(heading("Exit codes"), item("0", "success"));
  for (const auto& [code, wire_names] : names) {
    out += item(std::to_string(code), cat(meaning_of(code), " (", wire_names, ")"));
  }
  return out;
}

}  // namespace

std::string manual(const std::vector<CommandText>& commands, const std::vector<OptionText>& global_options) {
  std::string out =
      cat(".TH KMSCTL 1 \"\" \"kmsctl " KMSCTL_VERSION "\" \"User Commands\"\n", heading("Name"),
          "kmsctl \\- a key management service for one machine\n", heading("Synopsis"),
          ".B kmsctl\n[options] command [options]\n.br\n.B kmsctl kms\noperation [options]\n", heading("Description"),
          paragraph("kmsctl keeps keys in an encrypted vault and uses them as AWS KMS does. Every operation "
                    "of the AWS KMS API is a command with the name and the options that it has behind "
                    "`aws kms`; `kmsctl kms` reaches these alone, so that `aws` in a script may become "
                    "`kmsctl`. `kmsctl sts` has get-caller-identity and assume-role."));
  std::vector<std::string> groups;
  for (const CommandText& command : commands) {
    if (std::find(groups.begin(), groups.end(), command.group) == groups.end()) groups.push_back(command.group);
  }
  out += cat(heading("Global options"), paragraph("They stand before or behind the command."),
             option_items(global_options),
             paragraph("Those of the aws command line that mean nothing here, as --profile, are taken with a note on "
                       "standard error; --endpoint-url, --no-sign-request and --cli-auto-prompt are refused."));
  for (const std::string& group : groups) {
    out += heading(group);
    for (const CommandText& command : commands) {
      if (command.group == group) out += command_section(command);
    }
  }
  out += cat(argument_section(), credential_section(), agent_section(), environment_section(), security_section(),
             heading("Exit status"), paragraph("0 for success; the others are listed in kmsctl-scripting(7)."),
             heading("See also"), ".BR kmsctl\\-scripting (7)\n");
  return out;
}

std::string scripting_manual() {
  return cat(
      ".TH KMSCTL\\-SCRIPTING 7 \"\" \"kmsctl " KMSCTL_VERSION "\" \"Miscellaneous\"\n", heading("Name"),
      "kmsctl\\-scripting \\- what scripts can rely on\n", heading("Output"),
      paragraph("Results go to standard output, everything else to standard error. Names of members, values of "
                "enumerations and exit codes do not change between versions; members may be added. JSON is indented by "
                "four spaces, and an operation without a result prints nothing."),
      paragraph("--output text prints the scalars of a structure in one line with tabs between them, in the order of "
                "their names, behind the name of the list that they stand in; True, False and None as aws prints them. "
                "--output table is for people and may change. Select with --query what a script reads."),
      paragraph(
          "In text, a newline, carriage return or tab inside a value is printed as \\n, \\r or \\t, so that lines and "
          "columns are those of the answer; a single value that --query selects is printed as it is. On a terminal "
          "all control characters are escapes, and in JSON those of C1, DEL and direction, which means the same."),
      paragraph(
          "Times are ISO 8601 in UTC. Operations that list fetch all pages unless --limit, --marker, --max-items or "
          "--no-paginate is given. JSON and text are printed as the pages come, unless --query asks for all of them: "
          "the exit code tells whether a list is complete. Lists come in an order of the vault's own, which no name or "
          "time explains: sort what a person is to read. What is made or removed between two pages neither repeats nor "
          "hides another entry; a "
          "marker from before a credential was revoked is an InvalidMarkerException."),
      paragraph(
          "audit list alone has an order: the oldest event comes first. Its pages go from the newest events to older "
          "ones, so --max-items gives the newest, and NextToken goes on to those before them; its markers stay good, "
          "whatever is added. A page may have fewer events than asked for, or none, and a NextMarker: then what it "
          "looked through was much."),
      heading("Errors"),
      paragraph(
          "A failure prints one line, `kmsctl: NAME: message`, or `kmsctl: NAME` where AWS sends no message, "
          "and perhaps a line `kmsctl: hint: ...`. Names do not change; messages may. A command whose reader goes "
          "away, as head does, ends by SIGPIPE without a line."),
      exit_code_section(), heading("Queries"),
      paragraph("--query takes a JMESPath expression (https://jmespath.org), as aws does:"),
      item("a.b, \"a b\"", "members"), item("[0], [-1], [0:2]", "one item, from the front or the back; a slice"),
      item("[*], .*, []", "each item, each value, each item of lists that are joined"),
      item("[?a==`1` && b!='x']", "the items that fit; also <, <=, >, >=, || and !"),
      item("[a, b], {x: a, y: b}", "new lists and objects"), item("a | b", "b of the whole result of a"),
      item("@, 'text', `json`", "the current value, literals; `text` that is no JSON is a text as well"),
      item("sort_by(a, &b), max_by, min_by, map(&b, a)", "functions of what b is for each item of a"),
      item("abs, avg, ceil, contains, ends_with, floor, join, keys, length, max, merge, min, not_null, reverse, sort, "
           "starts_with, sum, to_array, to_number, to_string, type, values",
           "functions of values"),
      paragraph(
          "Texts have an order, in which times can be compared: Grants[?CreationDate >= '2026-01-01']. ! binds more "
          "strongly than a dot: !(a.b). Members come in the order of their names. An expression that is wrong is a "
          "usage error, which says at which character."),
      heading("See also"), ".BR kmsctl (1)\n");
}

}  // namespace kms::cli
