#include "cli/commands/share_reading.h"

#include <optional>
#include <string_view>
#include <utility>

#include "cli/named_files.h"
#include "cli/word_typing.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "formats/credential_text.h"
#include "formats/recovery_share_set.h"

namespace kms::cli {
namespace {

using formats::RecoveryShare;

constexpr std::size_t kCodeWords = 33;          // of a share of a recovery code, which has 256 bits
constexpr std::size_t kMostShareBytes = 16384;  // of a file

struct NamedShare {
  std::string name;  // as messages call it
  RecoveryShare share;
};

RecoveryShare decode_named(const SecretBytes& text, const std::string& name) {
  try {
    return formats::decode_recovery_share(text);
  } catch (const Error& error) {
    throw Error(error.code(), cat(name, ": ", error.what()));
  }
}

// "is of another set than share-1"; empty where it goes with all.
std::string misfit_among(const std::vector<NamedShare>& shares, const RecoveryShare& share) {
  for (const NamedShare& other : shares) {
    if (const auto why = formats::share_misfit(share, other.share); !why.empty()) return cat(why, " ", other.name);
  }
  return {};
}

std::vector<RecoveryShare> without_names(std::vector<NamedShare> shares) {
  std::vector<RecoveryShare> out;
  out.reserve(shares.size());
  for (NamedShare& named : shares) out.push_back(std::move(named.share));
  return out;
}

void read_share_file(Session& session, const std::string& file, std::vector<NamedShare>& shares) {
  const bool standard = names_standard_input(file);
  const std::string name = standard ? "standard input" : file;
  const SecretBytes content = formats::line_of(read_secret(session.terminal().streams(), file, kMostShareBytes));
  const std::vector<SecretBytes> texts = formats::recovery_share_texts(content);
  if (texts.empty()) throw Error(ErrorCode::kUsage, cat(name, ": there is no share in it, which has 33 words"));
  std::size_t number = 0;
  for (const SecretBytes& text : texts) {
    ++number;
    std::string called = texts.size() == 1 ? name : cat("share ", std::to_string(number), " of ", name);
    RecoveryShare share = decode_named(text, called);
    const std::string why = misfit_among(shares, share);
    if (!why.empty()) throw Error(ErrorCode::kUsage, cat(called, " ", why));
    shares.push_back({std::move(called), std::move(share)});
  }
}

// A share at the terminal, until its checksum fits.
RecoveryShare typed_share(Terminal& terminal, const std::string& label) {
  constexpr std::string_view kAgain = "That is no share: ";
  WordTyping typing(label, kCodeWords);
  const bool redraws = terminal.can_redraw();
  while (true) {
    SecretBytes text;
    if (redraws) {
      terminal.prompt_keys(typing);
      text = typing.text();
    } else {
      text = terminal.prompt_secret(label);
    }
    try {
      return formats::decode_recovery_share(text);
    } catch (const Error& error) {
      terminal.tell(cat(
          kAgain, error.what(),
          redraws ? ". Here are the words again: space goes on, letters replace one, return ends." : ". Once more."));
    }
    typing.resume();
  }
}

}  // namespace

std::vector<RecoveryShare> read_share_files(Session& session, const std::vector<std::string>& files) {
  std::vector<NamedShare> shares;
  for (const std::string& file : files) read_share_file(session, file, shares);
  return without_names(std::move(shares));
}

std::vector<RecoveryShare> type_shares(Session& session) {
  Terminal& terminal = session.terminal();
  if (!terminal.can_prompt()) {
    throw Error(ErrorCode::kUsage, "there is no terminal to type shares at: name the files that have them");
  }
  if (terminal.can_redraw()) {
    terminal.tell("Four letters of a word are enough, Tab completes fewer; space goes on to the next, backspace back.");
  }
  std::vector<NamedShare> shares;
  std::size_t needed = 0;  // 0: the first share will say
  while (needed == 0 || shares.size() < needed) {
    std::string label = cat("share ", std::to_string(shares.size() + 1));
    const std::string place = needed == 0 ? label : cat(label, " of ", std::to_string(needed));
    RecoveryShare share = typed_share(terminal, place);
    if (share.groups > 1) {
      throw Error(ErrorCode::kUsage, "these shares are of several groups: write them into files, and name those");
    }
    const std::string why = misfit_among(shares, share);
    if (!why.empty()) {
      terminal.tell(cat("That one ", why, ": take another one."));
      continue;
    }
    needed = share.needed;
    shares.push_back({std::move(label), std::move(share)});
    terminal.tell(cat("Share ", std::to_string(shares.size()), " of ", std::to_string(needed), " read."));
  }
  return without_names(std::move(shares));
}

}  // namespace kms::cli
