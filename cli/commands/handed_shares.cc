#include "cli/commands/handed_shares.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <iomanip>
#include <optional>
#include <ostream>
#include <utility>

#include "cli/option_fields.h"
#include "cli/terminal_stream.h"
#include "core/base/bytes.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "formats/recovery_shares.h"

namespace kms::cli {
namespace {

constexpr mode_t kPrivateDirectory = 0700;

std::optional<std::size_t> count_in(std::string_view text) {
  std::size_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return count;
}

// Words in four columns, each with its number.
void print_share_words(std::ostream& out, const SecretBytes& text) {
  constexpr std::size_t kColumns = 4;
  constexpr int kWidth = 10;
  const auto words = split(as_text(text.reveal()), ' ');
  std::size_t number = 0;
  for (const std::string_view word : words) {
    const bool last = ++number % kColumns == 0 || number == words.size();
    out << std::setw(4) << std::right << number << ' ' << std::setw(last ? 0 : kWidth) << std::left << word;
    if (last) out << '\n';
  }
  out << '\n';
}

std::string any_of(const formats::SharePlan& plan) {
  if (plan.shares == 1) return "it is enough to";
  if (plan.shares == plan.threshold) return cat("all ", std::to_string(plan.shares), " of them together");
  return cat("any ", std::to_string(plan.threshold), " of them");
}

}  // namespace

void read_option(const GivenTexts& given, formats::SharePlan& plan, const OptionRule& /*rule*/) {
  const auto parts = split(std::string_view(given.last()), '/');
  const auto shares = count_in(parts.front());
  const auto threshold = count_in(parts.back());
  if (parts.size() == 2 && shares && threshold) {
    plan = {*shares, *threshold};
    if (formats::is_share_plan(plan)) return;
  }
  refuse_value(given, "SHARES/THRESHOLD, as 5/3: up to 16 shares, and how many of them are enough, at least 2");
}

std::string share_label(const formats::SharePlan& plan) {
  return cat("shares ", std::to_string(plan.threshold), " of ", std::to_string(plan.shares));
}

void require_share_target(Session& session, const std::string& directory, std::string_view option) {
  if (!directory.empty()) return;
  if (session.terminal().output_is_terminal() && session.terminal().can_prompt()) return;
  throw Error(ErrorCode::kUsage, cat("there is no terminal to show shares at, one after the other: ", option,
                                     " DIR writes them to files"));
}

HandedShares::HandedShares(Session& session, const SecretBytes& secret, const formats::SharePlan& plan,
                           std::string directory)
    : session_(session), plan_(plan), directory_(std::move(directory)) {
  while (directory_.size() > 1 && directory_.ends_with('/')) directory_.pop_back();
  std::vector<SecretBytes> texts;
  texts.reserve(plan.shares);
  for (const auto& share : formats::make_recovery_shares(secret, SecretBytes(), plan, session.random())) {
    texts.push_back(formats::encode_recovery_share(share));
  }
  if (directory_.empty()) {
    show(texts);
    return;
  }
  try {
    write_files(texts);
  } catch (...) {
    take_back();
    throw;
  }
}

HandedShares::~HandedShares() {
  if (kept_) return;
  take_back();
  if (directory_.empty()) session_.terminal().tell("The shares that were shown open nothing: throw them away.");
}

std::string HandedShares::file(std::size_t number) const {
  return cat(directory_, "/share-", std::to_string(number));
}

void HandedShares::write_files(const std::vector<SecretBytes>& texts) {
  directory_is_new_ = mkdir(directory_.c_str(), kPrivateDirectory) == 0;
  if (!directory_is_new_ && errno != EEXIST) throw_file_error(directory_, errno);
  if (directory_is_new_) sync_directory(parent_directory(directory_));
  for (const SecretBytes& text : texts) {
    OutputFile out(file(written_ + 1), /*replace=*/false);
    out.write(text.reveal());
    out.write(as_bytes(std::string_view("\n")));
    out.commit();
    ++written_;
  }
}

void HandedShares::take_back() const noexcept {
  for (std::size_t number = 1; number <= written_; ++number) unlink(file(number).c_str());
  if (directory_is_new_) rmdir(directory_.c_str());
}

void HandedShares::show(const std::vector<SecretBytes>& texts) const {
  std::ostream& out = session_.out();
  std::size_t number = 0;
  for (const SecretBytes& text : texts) {
    const std::size_t words = split(as_text(text.reveal()), ' ').size();
    out << "Share " << ++number << " of " << texts.size() << ". Whoever keeps it writes down these " << words
        << " words, in this order:\n\n";
    print_share_words(out, text);
    out.flush();
    (void)session_.terminal().prompt_secret("The return key, once they are written down");
    // Neither the next person nor the terminal's memory keeps them.
    if (session_.terminal().can_redraw()) write_control(out, "\033[H\033[2J\033[3J");
  }
}

std::string HandedShares::report(std::string_view what) const {
  const std::string where = directory_.empty()  ? cat("You have seen ", std::to_string(plan_.shares), " shares")
                            : plan_.shares == 1 ? cat("The share is in ", file(1))
                                                : cat("The shares are in ", file(1), " to ", file(plan_.shares));
  return cat(where, ": ", any_of(plan_), " ", what, ".\n",
             "Keep them apart, off this machine; kmsctl recovery combine --check tries them.\n");
}

}  // namespace kms::cli
