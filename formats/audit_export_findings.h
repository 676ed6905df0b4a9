#pragma once
// What a verification of an export of an audit log finds (audit_export_verifier.h). Values.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/enum_names.h"
#include "formats/entry_alignment.h"
#include "formats/merkle_tree.h"

namespace kms {
namespace formats {

enum class AuditFault : std::uint8_t {
  // An entry, as EntryChange has them.
  kEdited,
  kMissing,
  kInserted,
  kMoved,
  kDoubled,
  // The file.
  kTruncated,      // it ends before its last line
  kHashesMissing,  // lines with hashes of entries are not there
  kHashesChanged,  // they are other ones, while the entries are those of the checkpoint
  kNotItsRoot,     // what the file has is not what its checkpoint says, and no more is known
  kPartial,        // it has not all entries of its checkpoint, and that was not allowed
  // A checkpoint.
  kNotSigned,
  kOtherOrigin,
  kNotCosigned,
  kNotCovered,  // the export lacks entries of a checkpoint that it was held against, or hashes to compare
  kForked,      // the export has another log than that checkpoint
};

struct AuditFinding {
  AuditFault fault = AuditFault::kEdited;
  std::optional<std::uint64_t> entry = {};  // its number in the log
  std::uint64_t line = 0;                   // of the file, from 1 on; 0 for what has none
  std::string event = {};                   // of the entry that stands there: name, time and id, as far as it has them
  std::string text = {};                    // all of it as a sentence without a full stop
  bool operator==(const AuditFinding&) const = default;
};

// `event` of the text of an entry; empty where it has none of them. What a caller wrote is shown as he did.
std::string event_summary(std::string_view entry);
// Of an entry: `text` comes of the rest. What was moved or doubled has a number, what was inserted has none.
AuditFinding entry_finding(EntryChange change, std::optional<std::uint64_t> entry, std::uint64_t line,
                           std::string event);

// Keeps the first ones, and counts the others. Not for more than one thread.
class AuditFindings {
 public:
  static constexpr std::size_t kMost = 20;

  void add(AuditFinding finding);
  // Of an entry with this leaf hash, that of the one that should be there for kMissing: what is missing in one place
  // and was inserted in another is one entry that was moved.
  void add_entry(AuditFinding finding, const MerkleHash& leaf);
  void add_all(const AuditFindings& others);

  std::uint64_t count() const { return count_; }
  std::vector<AuditFinding> list() const;

 private:
  struct Kept {
    AuditFinding finding;
    std::optional<MerkleHash> leaf;
  };
  bool merge_moved(const AuditFinding& finding, const MerkleHash& leaf);
  std::vector<Kept> kept_;
  std::uint64_t count_ = 0;
};

}  // namespace formats

template <>
struct EnumNames<formats::AuditFault> {
  using Fault = formats::AuditFault;
  static constexpr auto kAll = std::to_array<EnumName<Fault>>({
      {Fault::kEdited, "EDITED"},
      {Fault::kMissing, "MISSING"},
      {Fault::kInserted, "INSERTED"},
      {Fault::kMoved, "MOVED"},
      {Fault::kDoubled, "DOUBLED"},
      {Fault::kTruncated, "TRUNCATED"},
      {Fault::kHashesMissing, "HASHES_MISSING"},
      {Fault::kHashesChanged, "HASHES_CHANGED"},
      {Fault::kNotItsRoot, "NOT_ITS_ROOT"},
      {Fault::kPartial, "PARTIAL"},
      {Fault::kNotSigned, "NOT_SIGNED"},
      {Fault::kOtherOrigin, "OTHER_ORIGIN"},
      {Fault::kNotCosigned, "NOT_COSIGNED"},
      {Fault::kNotCovered, "NOT_COVERED"},
      {Fault::kForked, "FORKED"},
  });
};

}  // namespace kms
