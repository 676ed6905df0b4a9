#pragma once
// One input and one output of a command on files, by the rules that no command breaks: the output appears only when it
// is complete, is never the input, and never replaces a file unasked.
#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "cli/named_files.h"
#include "cli/terminal.h"
#include "core/base/bytes.h"

namespace kms::cli {

// What the permissions of the output follow, and of these what the user's umask leaves. Execute bits never travel.
enum class Permissions : std::uint8_t {
  kOfInput,  // ciphertext: as the input; 0600 where that is no regular file
  kPrivate,  // plaintext: 0600, whoever may read the ciphertext; less where the input is private and allows less
};

class Transfer {
 public:
  struct Output {
    std::string path;  // empty: there is none, and the input is only read
    bool force = false;
    Permissions permissions = Permissions::kPrivate;
    std::optional<mode_t> mode = {};  // what the user asked for counts alone
  };
  // Names are those of InputFile and NamedOutput. Shows progress on stderr when that is a terminal and the input is
  // large. What standard output shows at a terminal passes std::cout; FileException for what is not displayable there.
  Transfer(const std::string& input, const Output& output, Terminal& terminal);
  ~Transfer();
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  Transfer(Transfer&&) = delete;
  Transfer& operator=(Transfer&&) = delete;

  // Of a regular file; nothing for what has no size before its end.
  std::optional<std::uint64_t> size() const { return sized_ ? std::optional(size_) : std::nullopt; }
  const std::string& input_name() const { return input_.name(); }  // for texts
  // Whether nothing is left of what was written without commit().
  bool output_is_revocable() const { return output_ && output_->is_revocable(); }
  // They refer to this object.
  std::function<std::size_t(MutableBytes)> reader();
  std::function<void(ByteView)> writer();  // where there is an output
  void commit();                           // without it, no output file appears

 private:
  void show_progress();

  InputFile input_;
  std::optional<NamedOutput> output_;
  bool progress_ = false;
  bool to_terminal_ = false;
  bool sized_ = false;
  std::uint64_t size_ = 0;
  std::uint64_t done_ = 0;
  std::uint64_t shown_percent_ = 101;
};

}  // namespace kms::cli
