// The worked example of formats/audit_log.md: what the page shows is what kmsctl writes.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <vector>

#include "core/base/encoding.h"
#include "core/crypto/digest.h"
#include "formats/audit_export_verifier.h"
#include "formats/audit_export_writer.h"
#include "formats/checkpoint.h"
#include "formats/cosignature.h"
#include "formats/tlog_proof.h"
#include "tests/unit/formats/log_page.h"
#include "tests/unit/formats/log_texts.h"
#include "tests/unit/formats/memory_streams.h"

using namespace kms;
using namespace kms::formats;
using kms::testing::LogSigner;
using kms::testing::page_block;

namespace {

using PageHash = std::array<std::uint8_t, 32>;

PageHash page_hash(std::string_view prefix, ByteView bytes) {
  Bytes message = to_bytes(as_bytes(prefix));
  ByteWriter(message).bytes(bytes);
  const Bytes digest = crypto::digest(crypto::Hash::kSha256, message);
  PageHash hash{};
  std::copy(digest.begin(), digest.end(), hash.begin());
  return hash;
}

PageHash page_leaf(std::size_t index) {
  const std::string entry = cat("{\"eventID\":\"event-", std::to_string(index), "\"}");
  return page_hash(std::string_view("\0", 1), as_bytes(entry));
}

PageHash page_node(const PageHash& left, const PageHash& right) {
  Bytes both;
  ByteWriter(both).bytes(left).bytes(right);
  return page_hash("\x01", both);
}

struct PageTree {
  PageHash first = page_node(page_leaf(0), page_leaf(1));
  PageHash second = page_node(page_leaf(2), page_leaf(3));
  PageHash both = page_node(first, second);
  PageHash root = page_node(both, page_leaf(4));
};

struct PageKeys {
  LogSigner log{audit_log_origin("3f2b8c1e-5d47-4a90-8e6b-0c9d7a1f2e34", "111122223333", "eu-central-1"),
                NoteKeyType::kEd25519, 0x00};
  LogSigner witness{"kmsctl.local/a41d0f7c-92be-4c35-b8d1-6e5f4a3b2c1d/witness", NoteKeyType::kCosignature, 0x20};
};

SignedNote page_checkpoint(const PageKeys& keys) {
  SignedNote note{checkpoint_text({keys.log.key.name, 5, PageTree().root, {}}), {}};
  note.signatures.push_back(sign_note(note.text, keys.log.key, keys.log.signer()));
  note.signatures.push_back(cosign(note.text, 1795780800, keys.witness.key, keys.witness.signer()));
  return note;
}

std::string page_export(std::uint64_t first, std::uint64_t end, const std::vector<PageHash>& before,
                        const std::vector<PageHash>& after) {
  const PageKeys keys;
  Bytes out;
  AuditExportWriter writer(writing_to(out), {keys.log.key.name, first, before});
  for (std::uint64_t i = first; i < end; ++i) writer.add(cat("{\"eventID\":\"event-", std::to_string(i), "\"}"));
  writer.finish({end, 5, after, write_note(page_checkpoint(keys))});
  return std::string(as_text(out));
}

bool page_export_verifies(std::string_view text, bool partial) {
  const PageKeys keys;
  MemorySource source(as_bytes(text));
  const AuditExportDemands demands{.log = keys.log.key, .witnesses = {keys.witness.key}, .partial = partial};
  const auto report = verify_audit_export(source.function(), demands);
  return report.verified() && report.witnessed.at(0).time == 1795780800;
}

}  // namespace

TEST_SUITE("formats/audit_log") {
  TEST_CASE("the verifier keys of the page are those of its seeds") {
    const PageKeys keys;
    CHECK(page_block("verifier-keys") ==
          cat(verifier_key_text(keys.log.key), "\n", verifier_key_text(keys.witness.key), "\n"));
  }

  TEST_CASE("the tree of the page is that of its entries") {
    const PageTree tree;
    std::string shown;
    for (std::size_t i = 0; i < 5; ++i) {
      shown += cat("leaf ", std::to_string(i), "     ", encode_hex(page_leaf(i)), "\n");
    }
    shown += cat("node 0..1  ", encode_hex(tree.first), "\nnode 2..3  ", encode_hex(tree.second), "\nnode 0..3  ",
                 encode_hex(tree.both), "\nroot       ", encode_hex(tree.root), "\n");
    CHECK(page_block("tree") == shown);
  }

  TEST_CASE("the checkpoint of the page is what is written, and verifies with the page's keys") {
    const std::string shown = page_block("checkpoint");
    CHECK(write_note(page_checkpoint(PageKeys())) == shown);
    const std::string keys = page_block("verifier-keys");
    const std::vector known{parse_verifier_key(keys.substr(0, keys.find('\n'))),
                            parse_verifier_key(keys.substr(keys.find('\n') + 1, keys.size() - keys.find('\n') - 2))};
    const SignedNote note = parse_note(shown);
    CHECK(open_checkpoint(note, known).size == 5);
    CHECK(verify_cosignatures(note, known) == std::vector<Cosignature>{{known[1], 1795780800}});
  }

  TEST_CASE("the proof of the page is what is written, and leads to the root of its checkpoint") {
    const PageTree tree;
    const std::string shown = page_block("tlog-proof");
    CHECK(tlog_proof_text({{}, 2, {page_leaf(3), tree.first, page_leaf(4)}, page_checkpoint(PageKeys())}) == shown);
    const TlogProof proof = parse_tlog_proof(shown);
    REQUIRE(proof.path.size() == 3);
    const PageHash pair = page_node(page_leaf(2), proof.path[0]);
    CHECK(page_node(page_node(proof.path[1], pair), proof.path[2]) == parse_checkpoint(proof.checkpoint.text).root);
  }

  TEST_CASE("the exports of the page are what is written, and verify with the page's keys") {
    const std::string whole = page_block("export");
    CHECK(page_export(0, 5, {}, {}) == whole);
    CHECK(page_export_verifies(whole, false));
    const std::string part = page_block("export-of-a-part");
    CHECK(page_export(1, 3, {page_leaf(0)}, {page_leaf(3), page_leaf(4)}) == part);
    CHECK(page_export_verifies(part, true));
    CHECK(!page_export_verifies(part, false));
  }
}
