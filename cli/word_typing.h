#pragma once
// The words of a recovery share while they are typed: completed as soon as four letters, or Tab, say which word it is.
// A key that leads to no word is refused, so that what was typed is always made of words.
#include <cstddef>
#include <string>

#include "cli/key_reader.h"

namespace kms::cli {

// Space, Tab and the return key take the word that stands there, backspace goes back. Once all words were there the
// reading is done with the return key, or with the last word; it may be resumed, and then shows each word again: a
// letter begins another one in its place.
class WordTyping final : public KeyReader {
 public:
  // `label` says what it is part of: "share 1 of 3".
  WordTyping(std::string label, std::size_t words);

  Answer key(std::uint8_t byte) override;  // kUsage for Ctrl-D, with which people say that they give up
  SecretBytes shown() const override;

  SecretBytes text() const;  // the words taken so far, a space between them
  void resume();             // from the first word on

 private:
  enum class Word { kTyped, kCompleted, kKept };  // of what stands there: letters, a word of them, one of before

  bool skip_sequence(std::uint8_t byte);
  bool take_letter(std::uint8_t letter);
  bool complete();
  bool take_word();
  bool go_back();
  void move_to(std::size_t place);
  void stand(Word how, std::uint16_t number);
  std::uint16_t word_at(std::size_t place) const;
  bool has_all() const { return known_ == words_; }

  std::string label_;
  std::size_t words_;
  SecretBytes numbers_;    // two bytes a word
  std::size_t known_ = 0;  // how many of these there are
  std::size_t place_ = 0;  // of the word that is typed
  SecretBytes letters_;    // of this word
  std::size_t size_ = 0;   // of the letters
  std::size_t typed_ = 0;  // of these letters, by hand
  Word how_ = Word::kTyped;
  unsigned escape_ = 0;  // bytes of the sequence of a special key so far
};

}  // namespace kms::cli
