#include "cli/word_typing.h"

#include <algorithm>
#include <utility>

#include "core/base/bytes.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "formats/recovery_words.h"

namespace kms::cli {
namespace {

constexpr std::uint8_t kEndOfInput = 4;
constexpr std::uint8_t kBackspace = 8;
constexpr std::uint8_t kClearLine = 21;
constexpr std::uint8_t kClearWord = 23;
constexpr std::uint8_t kEscape = 27;
constexpr std::uint8_t kDelete = 127;

bool is_return(std::uint8_t byte) {
  return byte == '\n' || byte == '\r';
}

}  // namespace

WordTyping::WordTyping(std::string label, std::size_t words)
    : label_(std::move(label)), words_(words), numbers_(2 * words), letters_(formats::kLongestRecoveryWord) {}

KeyReader::Answer WordTyping::key(std::uint8_t byte) {
  if (skip_sequence(byte)) return Answer::kTaken;
  bool taken = false;
  if (byte == ' ' || is_return(byte)) {
    taken = take_word();
    const bool ends = has_all() && (is_return(byte) || place_ == words_);
    if (taken && ends) return Answer::kDone;
  } else if (byte == '\t') {
    taken = complete() || take_word();
    if (taken && place_ == words_) return Answer::kDone;
  } else if (byte == kBackspace || byte == kDelete) {
    taken = go_back();
  } else if (byte == kClearLine || byte == kClearWord) {
    stand(Word::kTyped, formats::kRecoveryWords);
    taken = true;
  } else if (byte == kEndOfInput) {
    throw Error(ErrorCode::kUsage, "the words were not typed to their end");
  } else {
    taken = take_letter(byte);
  }
  return taken ? Answer::kTaken : Answer::kRefused;
}

// Arrows and other special keys send an escape and "[" or "O", then bytes up to a letter or "~".
bool WordTyping::skip_sequence(std::uint8_t byte) {
  constexpr std::uint8_t kFirstFinal = 0x40;
  if (byte == kEscape) {
    escape_ = 1;
    return true;
  }
  if (escape_ == 0) return false;
  const bool goes_on = escape_ == 1 ? byte == '[' || byte == 'O' : byte < kFirstFinal;
  escape_ = goes_on ? escape_ + 1 : 0;
  return true;
}

bool WordTyping::take_letter(std::uint8_t letter) {
  constexpr std::uint8_t kToLower = 0x20;
  if (letter >= 'A' && letter <= 'Z') letter |= kToLower;
  if (letter < 'a' || letter > 'z') return false;
  if (how_ == Word::kCompleted) {  // who types all of a word goes on
    if (typed_ == size_ || letters_.reveal()[typed_] != letter) return false;
    ++typed_;
    return true;
  }
  const std::size_t size = how_ == Word::kKept ? 0 : size_;
  if (size == letters_.size()) return false;
  const std::uint8_t before = letters_.reveal()[size];
  letters_.reveal()[size] = letter;
  const auto words = formats::recovery_words_with(ByteView(letters_.reveal()).first(size + 1));
  if (words.count == 0) {
    letters_.reveal()[size] = before;
    return false;
  }
  how_ = Word::kTyped;
  size_ = size + 1;
  typed_ = size_;
  if (size_ >= formats::kShortestRecoveryWord) stand(Word::kCompleted, words.first);
  return true;
}

// As far as all words that begin so agree; false where that adds nothing.
bool WordTyping::complete() {
  if (how_ != Word::kTyped || size_ == 0) return false;
  const auto words = formats::recovery_words_with(ByteView(letters_.reveal()).first(size_));
  if (words.count == 1) {
    stand(Word::kCompleted, words.first);
    return true;
  }
  SecretBytes first(formats::kLongestRecoveryWord);
  SecretBytes last(formats::kLongestRecoveryWord);
  (void)formats::write_recovery_word(words.first, first.reveal());
  (void)formats::write_recovery_word(static_cast<std::uint16_t>(words.first + words.count - 1), last.reveal());
  const std::size_t before = size_;
  while (size_ < first.size() && first.reveal()[size_] == last.reveal()[size_]) {
    letters_.reveal()[size_] = first.reveal()[size_];
    ++size_;
  }
  typed_ = size_;
  return size_ > before;
}

bool WordTyping::take_word() {
  if (size_ == 0) return false;
  const auto words = formats::recovery_words_with(ByteView(letters_.reveal()).first(size_));
  if (words.count != 1) return false;
  numbers_.reveal()[2 * place_] = static_cast<std::uint8_t>(words.first >> 8U);
  numbers_.reveal()[2 * place_ + 1] = static_cast<std::uint8_t>(words.first);
  known_ = std::max(known_, place_ + 1);
  move_to(place_ + 1);
  return true;
}

// First what was completed, then letter by letter, then the word before.
bool WordTyping::go_back() {
  if (how_ == Word::kCompleted && typed_ < size_) {
    size_ = typed_;
    how_ = Word::kTyped;
    return true;
  }
  if (how_ != Word::kKept && size_ > 0) {
    --size_;
    typed_ = size_;
    how_ = Word::kTyped;
    return true;
  }
  if (place_ == 0) return false;
  move_to(place_ - 1);
  return true;
}

void WordTyping::move_to(std::size_t place) {
  place_ = place;
  const bool kept = place < known_;
  stand(kept ? Word::kKept : Word::kTyped, kept ? word_at(place) : std::uint16_t{formats::kRecoveryWords});
}

// The word of a number, by which the letters that were typed count on; none for a number that is none's.
void WordTyping::stand(Word how, std::uint16_t number) {
  if (how != Word::kCompleted) typed_ = 0;
  size_ = formats::write_recovery_word(number, letters_.reveal());
  how_ = how;
}

std::uint16_t WordTyping::word_at(std::size_t place) const {
  const ByteView numbers = numbers_.reveal();
  return static_cast<std::uint16_t>((numbers[2 * place] << 8U) | numbers[2 * place + 1]);
}

SecretBytes WordTyping::shown() const {
  const std::string front =
      cat(label_, ", word ", std::to_string(std::min(place_ + 1, words_)), " of ", std::to_string(words_), ": ");
  SecretBytes line(front.size() + size_);
  const auto at = std::copy(front.begin(), front.end(), line.reveal().begin());
  std::copy_n(letters_.reveal().begin(), size_, at);
  return line;
}

SecretBytes WordTyping::text() const {
  SecretBytes all(known_ * (formats::kLongestRecoveryWord + 1));
  std::size_t size = 0;
  for (std::size_t place = 0; place < known_; ++place) {
    if (size > 0) all.reveal()[size++] = ' ';
    size += formats::write_recovery_word(word_at(place), all.reveal().subspan(size, formats::kLongestRecoveryWord));
  }
  all.shrink(size);
  return all;
}

void WordTyping::resume() {
  move_to(0);
}

}  // namespace kms::cli
