#include "cli/documentation.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "cli/api_commands.h"
#include "core/service/response.h"

using kms::Field;
using kms::FieldKind;
using kms::cli::Command;

namespace {

const std::vector<Field>& sealing_fields() {
  static const std::vector<Field> all = {{"KeyId", FieldKind::kText, true, false, "the key's name", {}, {}}};
  return all;
}

const std::vector<Field>& no_fields() {
  static const std::vector<Field> none;
  return none;
}

struct Listed {
  struct Entry {
    kms::Time made;
    kms::Bytes blob;

    template <class Visitor>
    void fields(Visitor& visit) {
      visit("Made", made, {.help = "When it was made"});
      visit("Blob", blob, {.help = "Its bytes"});
    }
  };
  std::vector<Entry> keys;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Keys", keys, {.help = "The keys"});
  }
};

std::vector<Command> documented_commands() {
  static const kms::OperationInfo encrypt{"Encrypt", "Seal", sealing_fields, kms::fields_of<kms::EmptyResponse>};
  static const kms::OperationInfo list_keys{"ListKeys", "List", no_fields, kms::fields_of<Listed>};
  std::vector<Command> all = kms::cli::api_commands({&encrypt, &list_keys});
  const auto nothing = [](kms::cli::ArgumentParser&, kms::cli::Session&) {};
  all.push_back({"encrypt", "Seal a stream", "Files", nothing});
  all.push_back({"slot add", "Add a slot", "Vault", nothing});
  all.push_back({"keys", "List keys", "Vault",
                 [](kms::cli::ArgumentParser& parser, kms::cli::Session&) { parser.prints(list_keys); }});
  return all;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_SUITE("documentation") {
  TEST_CASE("commands are described with what may be typed and what they accept") {
    const auto texts = kms::cli::describe(documented_commands());
    CHECK(texts.at(0).spellings == std::vector<std::string>{"kms encrypt"});
    CHECK(texts.at(1).spellings == std::vector<std::string>{"list-keys", "kms list-keys"});
    CHECK(texts.at(0).options.at(0).names == std::vector<std::string>{"-k", "--key-id"});
  }

  TEST_CASE("every file names the commands, and the same commands give the same bytes") {
    const auto files = kms::cli::documentation(documented_commands());
    CHECK(files == kms::cli::documentation(documented_commands()));
    CHECK(contains(files.at("man/kmsctl-slot.1"), ".SS kmsctl slot add\nAdd a slot.\n"));
    const std::string& api = files.at("man/kmsctl-api.7");
    CHECK(contains(api, ".SS kmsctl kms encrypt \\-k KEY [options]\n"));
    CHECK(contains(api, ".B \\-k, \\-\\-key\\-id KEY\nthe key\\(aqs name (required)\n"));
    CHECK(contains(api,
                   "Prints:\n.TP\n.B Keys[]\nThe keys\n.TP\n.B Keys[].Made\nWhen it was made (ISO 8601)\n.TP\n"
                   ".B Keys[].Blob\nIts bytes (base64)\n.RE\n"));
    CHECK(contains(files.at("man/kmsctl-keys.1"), ".SH OUTPUT\n.PP\nPrints what kmsctl kms list\\-keys prints.\n"));
    CHECK(contains(files.at("man/kmsctl-scripting.7"), "NotFoundException"));
    CHECK(contains(files.at("man/kmsctl.1"), ".BR kmsctl\\-slot (1)\n.BR kmsctl\\-api (7)\n"));
  }
}
