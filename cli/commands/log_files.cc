#include "cli/commands/log_files.h"

#include <sys/stat.h>

#include <ostream>

#include "cli/named_files.h"
#include "cli/process.h"
#include "core/base/error.h"
#include "core/base/text.h"

namespace kms::cli {
namespace {

constexpr mode_t kReadableByAll = 0666;  // nothing in it is secret

// What parses is the key itself: no file has such a name.
bool is_verifier_key(const std::string& given) {
  try {
    (void)formats::parse_verifier_key(given);
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

std::string log_file_text(Session& session, const std::string& path) {
  return std::string(as_text(read_file(session.terminal().streams(), path, formats::kMostNoteBytes)));
}

formats::NoteKey verifier_key_of(Session& session, const std::string& given) {
  if (is_verifier_key(given)) return formats::parse_verifier_key(given);
  std::string text = log_file_text(session, given);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  try {
    return formats::parse_verifier_key(text);
  } catch (const Error& error) {
    throw Error(error.code(), cat(given, ": ", error.what()));
  }
}

LogOutput::LogOutput(Session& session, const std::string& path, bool replace) : session_(session) {
  if (path.empty() || path == kStandardStream) return;
  file_.emplace(session.terminal().streams(), path, replace, under_umask(kReadableByAll));
}

void LogOutput::write(const std::string& text) {
  if (!file_) {
    session_.out() << text;
    return;
  }
  file_->write(as_bytes(text));
  file_->commit();
}

}  // namespace kms::cli
