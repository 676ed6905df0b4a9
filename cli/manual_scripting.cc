#include <map>

#include "cli/manual_guides.h"
#include "cli/roff.h"
#include "core/base/error.h"
#include "core/base/text.h"

namespace kms::cli {
namespace {

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

std::string output_section() {
  return cat(
      heading("Output"),
      paragraph("Results go to standard output, everything else to standard error. Names of members, values of "
                "enumerations and exit codes do not change between versions; members may be added. JSON is indented by "
                "four spaces, and an operation without a result prints nothing."),
      paragraph(
          "--output text prints the scalars of a structure in one line with tabs between them, in the order of "
          "their names, behind the name of the list that they stand in; True, False and None as aws prints them. "
          "--output table draws boxes as wide as the terminal, or 80 columns. --output yaml prints blocks, members "
          "by their names; yaml-stream a list with one item for each page of a list, when it comes. All are byte "
          "for byte those of the aws command line, and so are the members of JSON, in AWS's order. Select with "
          "--query what a script reads: of text and yaml-stream it is asked of each page, as with aws."),
      paragraph("The commands that list for people (keys, alias list, audit list and so on) print a table where "
                "standard output is a terminal, and with --wide. Everywhere else, and with --output or --query, they "
                "print what the operation answers."),
      paragraph(
          "In text, a newline, carriage return or tab inside a value is printed as \\n, \\r or \\t, so that lines and "
          "columns are those of the answer; a single value that --query selects is printed as it is. On a terminal "
          "all control characters are escapes, and in JSON those of C1, DEL and direction, which means the same."),
      paragraph(
          "Times are ISO 8601 in the time zone of the process ($TZ), with the offset. Operations that list fetch all "
          "pages unless --limit, --marker, --max-items or --no-paginate is given. JSON and text are printed as the "
          "pages come, JSON with --query when all are there: "
          "the exit code tells whether a list is complete. Lists come in an order of the vault's own, which no name or "
          "time explains: sort what a person is to read. What is made or removed between two pages neither repeats nor "
          "hides another entry; a marker from before a credential was revoked is an InvalidMarkerException."),
      paragraph(
          "audit list alone has an order: the oldest event comes first. Its pages go from the newest events to older "
          "ones, so --max-items gives the newest, and NextToken goes on to those before them; its markers stay good, "
          "whatever is added. A page may have fewer events than asked for, or none, and a NextMarker: then what it "
          "looked through was much. With --first-number the list goes on to newer ones instead."),
      paragraph(
          "audit list --output jsonl and audit tail --output jsonl print each event on a line of its own, to the byte "
          "as the trail has it; what says how the list goes on goes to standard error. audit tail -f ends by SIGPIPE "
          "when "
          "its reader goes away, also while nothing comes."));
}

std::string error_section() {
  return cat(
      heading("Errors"),
      paragraph(
          "A failure prints one line, `kmsctl: NAME: message`, or `kmsctl: NAME` where AWS sends no message, "
          "and perhaps a line `kmsctl: hint: ...`. Names do not change; messages may. A command whose reader goes "
          "away, as head does, ends by SIGPIPE without a line."));
}

std::string notice_section() {
  return cat(
      heading("Notices of alerts"),
      paragraph("What kmsctl alert gives a program on its standard input, adds to a file as a line, and posts to a "
                "webhook is one JSON object. Members may be added."),
      item("version", "1"), item("id", "the same each time that the notice is tried: it may arrive twice"),
      item("alert, condition, account", "the alert, what it watches for, and whose it is"),
      item("time", "of what it tells, ISO 8601 in UTC"), item("text", "what happened, in a sentence"),
      item("event", "the event of the trail, where there is one, as kmsctl audit show prints it"),
      item("key, due", "the ARN of the key, and the date of it that the alert is about"),
      item("count", "how often it happened, of what is counted; how many notices were left out"),
      item("test", "true, of one that kmsctl alert test asked for"),
      paragraph("A program has arrived at its end with exit code 0 within 10 seconds, a webhook with a 2xx answer; "
                "where a command delivers "
                "without an agent, within 3. What is late is ended, and tried again. Its "
                "environment is PATH, HOME, USER, LANG and KMSCTL_ALERT, its folder is /, and what it prints goes to "
                "the log of the agent, or to standard error. To the log of the system goes a line with the JSON, "
                "facility authpriv, severity warning."));
}

std::string query_section() {
  return cat(
      heading("Queries"), paragraph("--query takes a JMESPath expression (https://jmespath.org), as aws does:"),
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
          "strongly than a dot: !(a.b). Members come in the order that they have. An expression that is wrong is a "
          "usage error, which says at which character."));
}

std::string aws_section() {
  return cat(
      heading("In place of aws"),
      paragraph(
          "kmsctl kms and kmsctl sts take the options of aws kms and aws sts and print what these print, so that "
          "`aws` in a script may become `kmsctl`. AWS_REGION, AWS_DEFAULT_REGION and AWS_DEFAULT_OUTPUT mean what "
          "they mean there. Options of aws that mean nothing here, as --profile, are taken with a note on "
          "standard error; --endpoint-url, --no-sign-request and --cli-auto-prompt are refused."));
}

}  // namespace

std::string exit_status_section() {
  return cat(
      heading("Exit status"),
      paragraph("0 done, 1 internal error, 2 usage, 3 not found, 4 access denied, 5 state or use of the key, 6 "
                "integrity, 7 vault locked, 8 wrong passphrase, 9 throttled or a limit, 10 conflict, 11 file, 12 "
                "vault damaged, 13 unsupported. kmsctl-scripting(7) says which errors have which."));
}

std::string scripting_manual() {
  return cat(page_head("kmsctl-scripting", '7', "what scripts can rely on"), output_section(), error_section(),
             exit_code_section(), notice_section(), query_section(), aws_section(), heading("See also"),
             page_name("kmsctl", '1'), page_name("kmsctl-api", '7'));
}

}  // namespace kms::cli
