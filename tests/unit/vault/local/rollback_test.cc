// A whole older copy of a vault, which fits in itself, against what the machine remembers; and an older header.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "tests/unit/vault/vault_world.h"
#include "vault/local/anchor.h"

using namespace kms;
using namespace kms::test;
namespace fs = std::filesystem;

namespace {

struct AnchoredWorld : VaultWorld {
  AnchoredWorld() {
    options.anchors = base + "/state/anchors";
    create();
    (void)open();
  }
  void put(std::string_view value) {
    const auto opened = open();
    const auto transaction = opened->begin(Access::kWrite);
    transaction->put("grants", "one", value);
    commit_now(*transaction);
  }
  void keep_copy() { fs::copy(path, base + "/old", fs::copy_options::recursive); }
  void put_copy_back() {
    fs::remove_all(path);
    fs::copy(base + "/old", path, fs::copy_options::recursive);
  }
  std::string refusal() {
    try {
      (void)open();
    } catch (const Error& error) {
      return error.code() == ErrorCode::kVaultDamaged ? error.what() : "another error";
    }
    return "";
  }
  std::vector<std::string> anchor_files() const {
    std::vector<std::string> files;
    for (const auto& each : fs::directory_iterator(options.anchors)) files.push_back(each.path().string());
    return files;
  }
};

bool says(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_SUITE("vault/rollback") {
  TEST_CASE("an older copy is refused, says how old it is, and is opened once that is accepted") {
    AnchoredWorld world;
    world.put("granted");
    world.keep_copy();
    world.put("revoked");
    world.put("revoked again");
    CHECK(world.refusal().empty());
    world.put_copy_back();
    const std::string refusal = world.refusal();
    CHECK(says(refusal, "is an older copy that was put back"));
    CHECK(says(refusal, "2 changes are missing"));
    CHECK(says(refusal, "kmsctl vault accept-rollback"));

    world.options.allow_rollback = true;
    {
      const auto opened = world.open();
      REQUIRE(opened->rollback().has_value());
      CHECK(opened->rollback()->expected == opened->rollback()->found + 2);
      const auto transaction = opened->begin(Access::kWrite);
      transaction->put("other", "record", "written before it was accepted");
      commit_now(*transaction);
    }
    world.options.allow_rollback = false;
    CHECK(says(world.refusal(), "1 change is missing"));

    world.options.allow_rollback = true;
    {
      const auto opened = world.open();
      opened->accept_rollback();
      const auto transaction = opened->begin(Access::kWrite);
      transaction->put("other", "record", "accepted");
      commit_now(*transaction);
    }
    world.options.allow_rollback = false;
    CHECK(world.refusal().empty());
  }

  TEST_CASE("a copy that went its own way is refused at the same number of changes") {
    AnchoredWorld world;
    world.keep_copy();
    world.put("here");
    fs::rename(world.path, world.base + "/newer");
    fs::copy(world.base + "/old", world.path, fs::copy_options::recursive);
    const std::string anchors = std::exchange(world.options.anchors, "");  // as on another machine
    world.put("there");
    world.options.anchors = anchors;
    CHECK(says(world.refusal(), "has another one of that number now"));
    world.put_copy_back();
    CHECK(says(world.refusal(), "1 change is missing"));
    fs::remove_all(world.path);
    fs::rename(world.base + "/newer", world.path);
    CHECK(world.refusal().empty());
  }

  TEST_CASE("without an anchor, or with one that cannot be read, nothing is said, and it is made") {
    AnchoredWorld world;
    world.keep_copy();
    world.put("newer");
    REQUIRE(world.anchor_files().size() == 1);
    const std::string anchor = world.anchor_files().front();
    CHECK(read_file(anchor).starts_with("kmsctl anchor 1 "));
    struct stat info {};
    REQUIRE(stat(anchor.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777U) == 0600);
    const std::string whole = read_file(anchor);
    world.put_copy_back();
    for (const std::string& text : {std::string(), std::string("kmsctl anchor 1 "), whole.substr(0, whole.size() - 2),
                                    std::string(200, '\0'), "kmsctl anchor 2 " + whole.substr(16)}) {
      write_file(anchor, text);
      CHECK(world.refusal().empty());
      CHECK(read_file(anchor).starts_with("kmsctl anchor 1 "));
    }
    write_file(anchor, whole);
    CHECK_FALSE(world.refusal().empty());
    fs::remove_all(world.options.anchors);
    CHECK(world.refusal().empty());
    CHECK(world.anchor_files().size() == 1);
  }

  TEST_CASE("where nothing can be remembered the vault is used all the same") {
    AnchoredWorld world;
    fs::remove_all(world.options.anchors);
    write_file(world.options.anchors, "a file where the directory should be");
    world.put("value");
    CHECK(world.refusal().empty());
  }

  TEST_CASE("a renewal goes on with what is remembered, and an older copy is refused behind it") {
    AnchoredWorld world;
    world.put("value");
    world.keep_copy();
    {
      const auto opened = world.open();
      const auto transaction = opened->begin(Access::kWrite);
      transaction->put_secret("material", "key", secret_of("secret"));
      transaction->destroy("material", "key");
      commit_now(*transaction);
    }
    CHECK(world.refusal().empty());
    world.put_copy_back();
    CHECK_FALSE(world.refusal().empty());
  }

  TEST_CASE("a header of an earlier time is refused, though it belongs to the same epoch") {
    AnchoredWorld world;
    const std::string before = read_file(world.file("vault.hdr"));
    {
      const auto opened = world.open();
      const SecretBytes key = raw_key('n');
      const auto transaction = opened->begin(Access::kWrite);
      (void)opened->add(*transaction, SlotKind::kKeyfile, kAlice, key, Time(), "");
      commit_now(*transaction);
    }
    world.put("value");
    CHECK(world.refusal().empty());
    const std::string after = read_file(world.file("vault.hdr"));
    write_file(world.file("vault.hdr"), before);
    CHECK(says(world.refusal(), "vault.hdr is older than the records"));
    world.options.anchors.clear();
    CHECK(says(world.refusal(), "vault.hdr is older than the records"));
    write_file(world.file("vault.hdr"), after);
    CHECK(world.refusal().empty());
  }
}
