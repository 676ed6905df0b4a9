#pragma once
// One input and one output of a command on files, by the rules that no command breaks: the output appears only when it
// is complete, is never the input, and never replaces a file unasked.
#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "cli/terminal.h"
#include "core/base/bytes.h"
#include "core/base/file.h"

namespace kms::cli {

class Transfer {
 public:
  // "-" is a standard stream. Shows progress on stderr when that is a terminal and the input is large.
  Transfer(const std::string& input, const std::string& output, bool force, Terminal& terminal);
  ~Transfer();
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  Transfer(Transfer&&) = delete;
  Transfer& operator=(Transfer&&) = delete;

  // Of a regular file; nothing for what has no size before its end.
  std::optional<std::uint64_t> size() const { return sized_ ? std::optional(size_) : std::nullopt; }
  // They refer to this object.
  std::function<std::size_t(MutableBytes)> reader();
  std::function<void(ByteView)> writer();
  void commit();  // without it, no output file appears

 private:
  void show_progress();

  std::string input_name_;
  UniqueFd input_;  // empty for standard input
  std::optional<OutputFile> output_;
  bool progress_ = false;
  bool sized_ = false;
  std::uint64_t size_ = 0;
  std::uint64_t done_ = 0;
  std::uint64_t shown_percent_ = 101;
};

}  // namespace kms::cli
