#pragma once
// The directory `audit` of a vault, with a file for each segment of its logs. It is made with the first one.
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/random.h"
#include "vault/local/directory.h"
#include "vault/sealed/segments.h"

namespace kms::vault {

std::string segment_file_name(const SegmentId& id);  // 32 hex digits and ".seg"

// Thread-safe. Knows some segments that were read last, opened. The vault's directory outlives it.
class SegmentFiles final : public Segments {
 public:
  explicit SegmentFiles(const Directory& vault) : vault_(vault) {}
  // Before the first use. `is_named` answers whether the records name the segment as they are now: a transaction that
  // began earlier may come upon a file that was pruned since.
  using IsNamed = std::function<bool(const SegmentId&)>;
  void set_vault(const VaultId& id, IsNamed is_named) {
    id_ = id;
    is_named_ = std::move(is_named);
  }

  std::shared_ptr<const Segment> open(const SegmentPlace& place, const std::function<SecretBytes()>& key) override;

  // Hands over all bytes of the file, in order. Throws as open() and Segment::verify() do, the second at the end.
  void copy(const SegmentPlace& place, const std::function<void(ByteView)>& sink);

  // While one lives, nobody else adds segments, in this process or another.
  class Claim {
   public:
    explicit Claim(UniqueFd lock) : lock_(std::move(lock)) {}

   private:
    UniqueFd lock_;
  };
  // Makes the directory. Nothing when somebody else has it.
  std::optional<Claim> claim();
  // The file in the making; commit() gives it its name.
  OutputFile make(const SegmentId& id);
  // Names of what is in the directory and belongs to none of the segments: what a crash left.
  std::vector<std::string> superfluous(const std::set<SegmentId>& named);
  void remove(const std::string& name);
  void remove(const SegmentId& id) noexcept;  // as well as it can be done: what is left is superfluous

  std::string text(const SegmentId& id) const;  // the file, for texts
  // What `action` throws names the file as users know it.
  void with_texts(const std::function<void()>& action);

 private:
  const Directory* find_directory();
  const Directory& directory();
  UniqueFd open_file(const SegmentId& id);
  [[noreturn]] void throw_missing(const SegmentId& id) const;
  std::shared_ptr<const Segment> find_known(const SegmentId& id);
  const Directory& vault_;
  VaultId id_{};
  IsNamed is_named_;
  std::mutex mutex_;
  std::optional<Directory> directory_;  // once it is there, to stay
  struct Known {
    SegmentId id;
    std::shared_ptr<const Segment> segment;
  };
  std::vector<Known> known_;  // a few, the one that was used last at the end
};

}  // namespace kms::vault
