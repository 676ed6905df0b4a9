#include "cli/error_report.h"

#include <algorithm>
#include <ostream>
#include <string>

namespace kms::cli {
namespace {

std::string_view hint(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidCiphertext:
      return "the ciphertext is damaged, or the encryption context or the key differs from the one it was made with";
    case ErrorCode::kVaultDamaged:
      return "restore a backup; the damaged vault is left as it is";
    case ErrorCode::kWrongPassphrase:
      return "a recovery code is accepted in place of the passphrase";
    default:
      return {};
  }
}

// Messages may quote names from outside: control characters must not reach the terminal.
std::string printable(std::string_view text) {
  std::string out(text);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20U || c == 0x7F; }, ' ');
  return out;
}

}  // namespace

int report(const Error& error, std::ostream& err) {
  const std::string message = printable(error.what());
  err << "kmsctl: " << wire_name(error.code());
  if (!message.empty()) err << ": " << message;
  err << '\n';
  if (const std::string_view text = hint(error.code()); !text.empty()) err << "kmsctl: hint: " << text << '\n';
  return exit_code(error.code());
}

}  // namespace kms::cli
