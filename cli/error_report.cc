#include "cli/error_report.h"

#include <unistd.h>

#include <ostream>
#include <string>

#include "cli/colour.h"
#include "cli/principal_option.h"
#include "core/base/terminal_text.h"
#include "core/base/text.h"

namespace kms::cli {
namespace {

// A text that says what is wrong needs no list of what may be.
std::string_view hint(ErrorCode code, bool has_text) {
  switch (code) {
    case ErrorCode::kInvalidCiphertext:
      if (has_text) return {};
      return "the ciphertext is damaged, or the encryption context or the key differs from the one it was made with";
    case ErrorCode::kVaultDamaged:
      return "kmsctl vault check lists what is wrong, kmsctl vault restore brings a backup back; the damaged vault is "
             "left "
             "as it is";
    default:
      return {};
  }
}

std::string principal_named_in(const std::string& message) {
  constexpr std::string_view kUser = "User: ";
  if (!message.starts_with(kUser)) return {};
  return principal_option(message.substr(kUser.size(), message.find(' ', kUser.size()) - kUser.size()));
}

// Which command explains a refusal that says what was asked of what, by whom.
std::string explain_hint(const std::string& message) {
  if (message.starts_with("The ciphertext refers to")) {
    return "name the key with -k to be told more; kmsctl policy explain --action kms:Decrypt -k KEY says why";
  }
  constexpr std::string_view kAction = "is not authorized to perform: ";
  constexpr std::string_view kResource = " on resource: ";
  const std::size_t action = message.find(kAction);
  const std::size_t resource = message.find(kResource);
  if (action == std::string::npos || resource == std::string::npos || resource < action) return {};
  const std::size_t from = action + kAction.size();
  const std::size_t at = resource + kResource.size();
  const std::string arn = message.substr(at, message.find(' ', at) - at);
  const char* option =
      arn.starts_with("arn:aws:kms:") && arn.find(":key/") != std::string::npos ? " -k " : " --resource ";
  const std::string principal = principal_named_in(message);
  return cat("kmsctl policy explain ", principal.empty() ? "" : "--principal ", principal, principal.empty() ? "" : " ",
             "--action ", message.substr(from, resource - from), arn == "*" ? "" : option, arn == "*" ? "" : arn);
}

}  // namespace

Reader reader_of_errors(const GlobalOptions& options) {
  return {!options.aws_form, wants_colour(options, isatty(STDERR_FILENO) == 1)};
}

int report(const Error& error, std::ostream& err, const Reader& reader, std::string_view next) {
  // Messages may quote names from outside, and stay one line wherever they go.
  const std::string message = escape_controls(error.what(), LineEnds::kEscaped);
  write_styled(err, cat("kmsctl: ", wire_name(error.code())), Style::kBad, reader.colour);
  if (!message.empty()) err << ": " << message;
  err << '\n';
  const bool replaced = error.code() == ErrorCode::kVaultDamaged && !next.empty();  // who knows better what is wrong
  if (const std::string_view text = hint(error.code(), !message.empty()); !text.empty() && !replaced)
    err << "kmsctl: hint: " << text << '\n';
  if (!next.empty()) err << "kmsctl: hint: " << escape_controls(next, LineEnds::kEscaped) << '\n';
  if (error.code() == ErrorCode::kAccessDenied && reader.explanations) {
    if (const std::string text = explain_hint(message); !text.empty()) err << "kmsctl: hint: " << text << '\n';
  }
  return exit_code(error.code());
}

}  // namespace kms::cli
