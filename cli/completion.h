#pragma once
// What a word of a command line may become where somebody presses TAB. The shells ask `kmsctl complete SHELL -- WORDS`
// (completion_stubs.h): the words up to the cursor, the last of which is the one to complete and may be empty; for
// bash, the text of the line up to the cursor. The answer is a candidate a line, with what it is for behind it where
// the shell shows that; or :files or :directories, where the shell completes those by itself.
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"

namespace kms::cli {

struct Candidate {
  std::string text;
  std::string help;  // one line; may be empty
};

// What only a vault knows, or the table of operations.
struct Wanted {
  std::string_view word;                     // value_words.h
  std::string_view begin;                    // what was typed of it
  std::map<std::string, std::string> given;  // global options that stand before it: "--vault" to its value
};
// Throws nothing: what it cannot know it does not offer.
using Lookup = std::function<std::vector<Candidate>(const Wanted& wanted)>;

enum class Completed : std::uint8_t { kWords, kFiles, kDirectories };
struct Completion {
  Completed what = Completed::kWords;
  std::vector<Candidate> candidates;  // all begin with the word to complete
};

// `words` begin with the name of the program.
Completion complete(const std::vector<Command>& commands, const std::vector<std::string>& words, const Lookup& lookup);

// The answer for a shell: bash, zsh or fish. `current` is the word to complete.
std::string answer_for(std::string_view shell, const Completion& completion, std::string_view current);

// The words of a line as a shell reads it, without expansions; the last one is empty where a blank ends the line.
std::vector<std::string> words_of_line(std::string_view line);

}  // namespace kms::cli
