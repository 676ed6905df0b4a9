#include "cli/delivery/program_words.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <iterator>
#include <optional>
#include <utility>

#include "core/base/error.h"
#include "core/base/terminal_text.h"
#include "core/base/text.h"

namespace kms::delivery {
namespace {

constexpr std::string_view kBetweenWords = " \t";
constexpr std::string_view kOfShell = "$`|&;<>()*?~[\n";
constexpr std::string_view kOfShellInQuotes = "$`";
constexpr std::string_view kEscapedInQuotes = "\"\\$`";

[[noreturn]] void refuse_exec(std::string_view text, std::string_view why) {
  throw Error(ErrorCode::kUsage, cat("--exec '", escape_controls(text, LineEnds::kEscaped), "': ", why));
}

class WordReader {
 public:
  explicit WordReader(std::string_view text) : text_(text) {}

  std::vector<std::string> words() {
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (kBetweenWords.find(c) != std::string_view::npos) {
        end_word();
      } else if (c == '\'') {
        read_literal();
      } else if (c == '"') {
        read_quoted();
      } else if (c == '\\') {
        if (++at_ == text_.size()) refuse_exec(text_, "the backslash at its end stands before nothing");
        word() += text_[at_];
      } else {
        if (kOfShell.find(c) != std::string_view::npos || (c == '#' && !word_)) refuse_shell(c);
        word() += c;
      }
    }
    end_word();
    return std::move(words_);
  }

 private:
  std::string& word() {
    if (!word_) word_.emplace();
    return *word_;
  }

  void end_word() {
    if (word_) words_.push_back(std::move(*word_));
    word_.reset();
  }

  void read_literal() {
    const std::size_t end = text_.find('\'', at_ + 1);
    if (end == std::string_view::npos) refuse_exec(text_, "a single quote has no second one");
    word() += text_.substr(at_ + 1, end - at_ - 1);
    at_ = end;
  }

  void read_quoted() {
    (void)word();
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      char c = text_[at_];
      if (kOfShellInQuotes.find(c) != std::string_view::npos) refuse_shell(c);
      const bool escape = c == '\\' && at_ + 1 < text_.size();
      if (escape && kEscapedInQuotes.find(text_[at_ + 1]) != std::string_view::npos) c = text_[++at_];
      word() += c;
    }
    if (at_ == text_.size()) refuse_exec(text_, "a double quote has no second one");
  }

  [[noreturn]] void refuse_shell(char c) const {
    const std::string shown = c == '\n' ? "a line end" : std::string(1, c);
    refuse_exec(text_, cat("no shell runs it, so ", shown, " would do nothing: put the command into a script and name ",
                           "that, or put single quotes around what is meant as it stands"));
  }

  const std::string_view text_;
  std::size_t at_ = 0;
  std::optional<std::string> word_;  // that has begun
  std::vector<std::string> words_;
};

bool is_executable_file(const std::string& path) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) && access(path.c_str(), X_OK) == 0;
}

std::string from_working_directory(std::string_view word) {
  while (word.starts_with("./")) word.remove_prefix(2);
  std::error_code error;
  return cat(std::filesystem::current_path(error).string(), "/", word);
}

std::string find_program(std::string_view text, const std::string& word, std::string_view search_path) {
  if (word.find('/') != std::string::npos) {
    std::string path = word.starts_with('/') ? word : from_working_directory(word);
    struct stat info {};
    if (stat(path.c_str(), &info) != 0) {
      refuse_exec(text, cat("there is no ", escape_controls(path, LineEnds::kEscaped)));
    }
    return path;
  }
  for (const std::string_view directory : split(search_path, ':')) {
    std::string path = cat(directory, "/", word);
    if (directory.starts_with('/') && is_executable_file(path)) return path;
  }
  refuse_exec(text, cat("PATH leads to no program ", escape_controls(word, LineEnds::kEscaped),
                        ": give its path, as in --exec /usr/local/bin/tell"));
}

}  // namespace

AlertDestination parse_program(std::string_view text, std::string_view search_path) {
  if (text.find('\0') != std::string_view::npos) refuse_exec(text, "it has a zero byte");
  std::vector<std::string> words = WordReader(text).words();
  if (words.empty() || words.front().empty()) {
    refuse_exec(text, "it names no program: give its path, as in --exec /usr/local/bin/tell");
  }
  AlertDestination out{.channel = AlertChannel::kProgram};
  out.target = find_program(text, words.front(), search_path);
  out.arguments.assign(std::make_move_iterator(words.begin() + 1), std::make_move_iterator(words.end()));
  return out;
}

}  // namespace kms::delivery
