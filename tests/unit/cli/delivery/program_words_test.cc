// What --exec reads as words, and what it refuses because no shell stands behind it.
#include "cli/delivery/program_words.h"

#include <doctest/doctest.h>

#include <vector>

#include "core/base/error.h"
#include "tests/unit/cli/delivery/script.h"

using namespace kms;
using namespace kms::delivery;
using namespace kms::test;

namespace {

using Words = std::vector<std::string>;

// Behind the program.
Words arguments(std::string_view text) {
  return parse_program(cat("/bin/sh ", text), "").arguments;
}

std::string refusal(std::string_view text, std::string_view search_path = "") {
  try {
    (void)parse_program(text, search_path);
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::kUsage);
    return error.what();
  }
  return "none";
}

bool refuses(std::string_view text, std::string_view part) {
  const std::string said = refusal(text);
  CAPTURE(said);
  return said.find(part) != std::string::npos;
}

}  // namespace

TEST_SUITE("delivery/program_words") {
  TEST_CASE("words stand apart by spaces and tabs, and quotes keep them together") {
    CHECK(arguments("") == Words{});
    CHECK(arguments("  a \t b  ") == Words{"a", "b"});
    CHECK(arguments("'a b' \"c d\" e' 'f\" \"g") == Words{"a b", "c d", "e f g"});
    CHECK(arguments("'' \"\"") == Words{"", ""});
    CHECK(arguments("a#b --to=x@y.z,w {} ü %s !") == Words{"a#b", "--to=x@y.z,w", "{}", "ü", "%s", "!"});
  }

  TEST_CASE("a backslash makes the next character literal; in double quotes only what is special there") {
    CHECK(arguments(R"(a\ b \$HOME \' \\ \# \*)") == Words{"a b", "$HOME", "'", "\\", "#", "*"});
    CHECK(arguments(R"("\"" "\\" "\$x" "\`" "\n" "a\ b")") == Words{"\"", "\\", "$x", "`", "\\n", "a\\ b"});
    CHECK(arguments(R"('\n' '\')") == Words{"\\n", "\\"});
  }

  TEST_CASE("single quotes take from everything what a shell would see in it") {
    CHECK(arguments("'$HOME `x` | & ; < > ( ) * ? ~ \" # [\n'") == Words{"$HOME `x` | & ; < > ( ) * ? ~ \" # [\n"});
    CHECK(arguments("\"| & ; < > ( ) * ? ~ ' # [\"") == Words{"| & ; < > ( ) * ? ~ ' # ["});
  }

  TEST_CASE("what means something to a shell is refused with the way out, and no part of it is done") {
    for (const char c : std::string_view("$`|&;<>()*?~[")) {
      const std::string text = cat("/bin/sh a", std::string(1, c), "b");
      CHECK(refuses(text, cat("--exec '", text, "': no shell runs it, so ", std::string(1, c), " would do nothing")));
      CHECK(refuses(text, "put the command into a script and name that, or put single quotes around"));
    }
    CHECK(refuses("/bin/sh #comment", "so # would do nothing"));
    CHECK(refuses("/bin/sh a\nb", "so a line end would do nothing"));
    CHECK(refuses("/bin/sh \"$HOME\"", "so $ would do nothing"));
    CHECK(refuses("/bin/sh \"`x`\"", "so ` would do nothing"));
  }

  TEST_CASE("a quote or a backslash that stands alone is refused") {
    CHECK(refuses("/bin/sh 'a", "a single quote has no second one"));
    CHECK(refuses("/bin/sh \"a", "a double quote has no second one"));
    CHECK(refuses("/bin/sh \"a\\\"", "a double quote has no second one"));
    CHECK(refuses("/bin/sh a\\", "the backslash at its end"));
    CHECK(refuses(std::string_view("/bin/sh a\0b", 11), "zero byte"));
    for (const std::string_view text : {"", "  ", "''"}) CHECK(refuses(text, "it names no program"));
  }

  TEST_CASE("a program is found by its path, from the working directory, or along PATH") {
    const Folder folder;
    const std::string path = script("exit 0");
    std::filesystem::create_directories("bin/program");  // no program, though of its name
    CHECK(parse_program(path, "").target == path);
    CHECK(parse_program("./program x", "").target == path);
    CHECK(parse_program("bin/../program", "").target == absolute("bin/../program"));
    const std::string search = cat(absolute("bin"), ":relative::", absolute("none"), ":", absolute("."));
    CHECK(parse_program("program 'a b'", search) ==
          AlertDestination{AlertChannel::kProgram, absolute("./program"), {"a b"}});
  }

  TEST_CASE("a program that is not there is refused") {
    const Folder folder;
    script("exit 0");
    CHECK(refusal("./none") == cat("--exec './none': there is no ", absolute("none")));
    CHECK(refusal("program", "::.:/nonexistent").find("PATH leads to no program program") != std::string::npos);
    CHECK(refusal("program", "").find("as in --exec /usr/local/bin/tell") != std::string::npos);
    Folder::write("text", "");
    CHECK(refusal("text", absolute(".")).find("PATH leads to no program text") != std::string::npos);
  }
}
