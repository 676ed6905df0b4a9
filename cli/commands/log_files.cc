#include "cli/commands/log_files.h"

#include <sys/stat.h>

#include <ostream>

#include "cli/named_files.h"
#include "cli/process.h"
#include "core/base/bytes.h"
#include "formats/signed_note.h"

namespace kms::cli {
namespace {

constexpr mode_t kReadableByAll = 0666;  // nothing in it is secret

}  // namespace

std::string log_file_text(Session& session, const std::string& path) {
  return std::string(as_text(read_file(session.terminal().streams(), path, formats::kMostNoteBytes)));
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
