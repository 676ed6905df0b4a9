#include "cli/word_typing.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/error.h"

using kms::cli::KeyReader;
using kms::cli::WordTyping;

namespace {

struct Typist {
  explicit Typist(std::size_t words) : typing("share 1", words) {}

  // What stands on the line behind its label, and an exclamation mark for each bell.
  std::string type(std::string_view keys) {
    std::string bells;
    for (const char key : keys) {
      const auto answer = typing.key(static_cast<std::uint8_t>(key));
      if (answer == KeyReader::Answer::kRefused) bells += '!';
      if (answer == KeyReader::Answer::kDone) return "done" + bells;
    }
    const auto line = typing.shown();
    const std::string_view text = kms::as_text(line.reveal());
    return std::string(text.substr(text.find(", word ") + 7)) + bells;
  }
  std::string text() const {
    const auto words = typing.text();
    return std::string(kms::as_text(words.reveal()));
  }

  WordTyping typing;
};

}  // namespace

TEST_SUITE("cli/word_typing") {
  TEST_CASE("four letters complete a word, and space goes on to the next") {
    Typist typist(3);
    CHECK(typist.type("") == "1 of 3: ");
    CHECK(typist.type("aca") == "1 of 3: aca");
    CHECK(typist.type("d") == "1 of 3: academic");
    CHECK(typist.type(" ") == "2 of 3: ");
    CHECK(typist.type("ZERO ") == "3 of 3: ");
    CHECK(typist.type("acid\n") == "done");
    CHECK(typist.text() == "academic zero acid");
  }

  TEST_CASE("whole words may be typed or pasted, on several lines") {
    Typist typist(4);
    CHECK(typist.type("academic  acid\nzero\r") == "4 of 4: !");
    CHECK(typist.type("yoga ") == "done");
    CHECK(typist.text() == "academic acid zero yoga");
  }

  TEST_CASE("a letter that leads to no word rings the bell and is not taken") {
    Typist typist(2);
    CHECK(typist.type("x") == "1 of 2: !");
    CHECK(typist.type("acx1- ") == "1 of 2: ac!!!!");
    CHECK(typist.type("adex") == "1 of 2: academic!");
    CHECK(typist.type("\x01") == "1 of 2: academic!");
  }

  TEST_CASE("Tab completes as far as the words agree, and takes a complete one") {
    Typist typist(2);
    CHECK(typist.type("\t") == "1 of 2: !");
    CHECK(typist.type("aq\t") == "1 of 2: aquatic");
    CHECK(typist.type("\t") == "2 of 2: ");
    CHECK(typist.type("kn\t") == "2 of 2: kni");  // knife, knit
    CHECK(typist.type("\t ") == "2 of 2: kni!!");
    CHECK(typist.type("f\t") == "done");
    CHECK(typist.text() == "aquatic knife");
  }

  TEST_CASE("backspace takes back what was completed, then letters, then words") {
    Typist typist(3);
    CHECK(typist.type("acid acad\x7f") == "2 of 3: acad");
    CHECK(typist.type("\x7f\b") == "2 of 3: ac");
    CHECK(typist.type("\x7f\x7f\x7f") == "1 of 3: acid");
    CHECK(typist.type("\x7f") == "1 of 3: acid!");
    CHECK(typist.type("zero ") == "2 of 3: ");
    CHECK(typist.type("acad\x15yoga acne\n") == "done");
    CHECK(typist.text() == "zero yoga acne");
  }

  TEST_CASE("a share that is resumed shows its words, and keeps those that are passed") {
    Typist typist(3);
    CHECK(typist.type("acid acne zero\n") == "done");
    typist.typing.resume();
    CHECK(typist.type("") == "1 of 3: acid");
    CHECK(typist.type(" ") == "2 of 3: acne");
    CHECK(typist.type("x") == "2 of 3: acne!");
    CHECK(typist.type("yoga") == "2 of 3: yoga");
    CHECK(typist.type("\n") == "done");  // the return key keeps the others
    CHECK(typist.text() == "acid yoga zero");
  }

  TEST_CASE("arrows and other special keys are no letters") {
    Typist typist(2);
    CHECK(typist.type("\x1b[A\x1b[1;5C\x1bOP\x1b[3~ac") == "1 of 2: ac");
  }

  TEST_CASE("who gives up says so with Ctrl-D") {
    Typist typist(2);
    CHECK_THROWS_AS(typist.type("acid \x04"), kms::Error);
  }
}
