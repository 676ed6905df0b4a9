#pragma once
// A segment: consecutive entries of a log, with their part of its tree, in a file of their own that is written once and
// never changed (vault/vault.md, "Segments", is the format). It is read in pieces: what is held of it is its index and
// one page.
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/random.h"
#include "core/crypto/digest.h"
#include "core/store/store.h"
#include "formats/merkle_tree.h"
#include "vault/sealed/keys.h"
#include "vault/sealed/segment_index.h"

namespace kms::vault {

using SegmentId = std::array<std::uint8_t, 16>;

// What the records say of a segment.
struct SegmentPlace {
  SegmentId id{};
  std::uint64_t first = 0;  // number of its first entry, and how many there are: multiples of 256
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;          // size of the file
  formats::MerkleHash digest = {};  // SHA-256 of the file
};

// Belongs to one thread. Refers to the key and the source of random bytes, which must outlive it.
class SegmentWriter {
 public:
  // Takes the file in order.
  using Sink = std::function<void(ByteView)>;
  // Of `place`, id, first and count are given.
  SegmentWriter(const VaultId& vault, const SegmentPlace& place, const SecretBytes& key, Random& random, Sink sink);
  void add(ByteView entry);
  // After `count` entries: the place with all that belongs to it. KMSInternalException when there were more or fewer.
  SegmentPlace finish();
  ByteView hashes() const { return hashes_; }  // of the entries until now

 private:
  void write(ByteView bytes);
  void write_piece(std::uint8_t kind, std::uint64_t number, ByteView plaintext);
  void write_page();
  const VaultId vault_;
  SegmentPlace place_;
  const SecretBytes& key_;
  Random& random_;
  const Sink sink_;
  crypto::Digest digest_;
  SegmentIndex index_;
  std::uint64_t added_ = 0;
  Bytes page_;
  Bytes hashes_;  // of all entries
};

// Where the bytes of a segment are. Thread-safe.
class SegmentSource {
 public:
  virtual ~SegmentSource() = default;
  virtual std::uint64_t size() const = 0;
  // All of them. VaultDamagedException where they are not there.
  virtual void read(std::uint64_t offset, MutableBytes out) const = 0;
};

// Any number of threads may read one. All throws VaultDamagedException, which names it, when the bytes are not those
// that were written.
class Segment {
 public:
  // `name` is that of the file, for texts.
  Segment(std::unique_ptr<const SegmentSource> source, const VaultId& vault, const SegmentPlace& place, SecretBytes key,
          std::string name);

  std::uint64_t end() const { return place_.first + place_.count; }
  // The entries from `from`, which is one of them, to the end. Whether `visit` wanted to go on behind the last one.
  bool read(std::uint64_t from, const Transaction::VisitLog& visit) const;
  // The hashes of the entries from 256 times `index` on.
  Bytes tile(std::uint64_t index) const;
  // Reads all of it: opens each page, makes the hashes of the entries anew, and that of the file.
  void verify() const;

 private:
  Bytes read_bytes(std::uint64_t offset, std::uint64_t size) const;
  Bytes open_piece(std::uint8_t kind, std::uint64_t number, ByteView sealed) const;
  Bytes open_page(std::size_t number) const;
  void require(bool condition) const;
  SegmentIndex read_index() const;
  void verify_file() const;
  const std::unique_ptr<const SegmentSource> source_;
  const VaultId vault_;
  const SegmentPlace place_;
  const SecretBytes key_;
  const std::string name_;
  const SegmentIndex index_;
};

}  // namespace kms::vault
