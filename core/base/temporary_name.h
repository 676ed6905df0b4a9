#pragma once
// Names of files in the making, which nobody is to find afterwards: what they hold may be plaintext.
#include <optional>
#include <string>

namespace kms {

// The file of this name goes when this does, and when SIGINT, SIGTERM, SIGHUP or SIGQUIT ends the process. A program
// that handles or ignores one of these by itself sees to its end by itself. Thread-safe apart from one object.
class TemporaryName {
 public:
  TemporaryName() = default;                 // of no file
  explicit TemporaryName(std::string path);  // before the file is made
  ~TemporaryName() { remove(); }
  TemporaryName(TemporaryName&& other) noexcept;
  TemporaryName& operator=(TemporaryName&& other) noexcept;
  TemporaryName(const TemporaryName&) = delete;
  TemporaryName& operator=(const TemporaryName&) = delete;

  bool empty() const { return path_.empty(); }
  const std::string& path() const { return path_; }
  void remove();   // the file; then this is empty
  void release();  // the file has another name by now, or none: it is left alone

 private:
  std::string path_;
  std::optional<std::size_t> place_;  // among what signals remove; none where all are taken
};

}  // namespace kms
