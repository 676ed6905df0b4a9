#include "vault/engine/page_walker.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <optional>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/file.h"
#include "core/base/text.h"

namespace kms::vault {
namespace {

static_assert(std::endian::native == std::endian::little && sizeof(void*) == 8, "LMDB files have the machine's order");

constexpr int kKnownMajor = 0;
constexpr int kKnownMinor = 9;
constexpr std::size_t kPageHeader = 16;
constexpr std::size_t kMetaSize = 136;
constexpr std::size_t kPageSizeOffset = 24;  // in a meta, as the next
constexpr std::size_t kTransactionOffset = 128;
constexpr std::size_t kNodeHeader = 8;
constexpr std::size_t kSmallestPage = 512;
constexpr std::size_t kLargestPage = 32768;
constexpr std::uint32_t kMetaMagic = 0xBEEFC0DE;
constexpr std::uint32_t kDataVersion = 1;
constexpr std::uint64_t kFirstPage = 2;
constexpr std::uint64_t kNoPage = ~std::uint64_t{0};
constexpr std::uint64_t kMostTransactions = std::uint64_t{1} << 62U;
constexpr int kMaxDepth = 32;
constexpr std::uint16_t kBranch = 0x01;
constexpr std::uint16_t kLeaf = 0x02;
constexpr std::uint16_t kOverflow = 0x04;
constexpr std::uint16_t kMeta = 0x08;
constexpr std::uint16_t kBigData = 0x01;
constexpr std::uint16_t kIntegerKeys = 0x08;
constexpr std::size_t kFreeFlagsOffset = 28;  // in a meta

void require_page(bool condition, std::string_view what) {
  if (!condition) throw Error(ErrorCode::kVaultDamaged, cat("data.mdb is damaged: ", what));
}

template <class T>
T load(ByteView bytes, std::size_t offset) {
  require_page(offset + sizeof(T) <= bytes.size(), "a number lies outside of its page");
  T value{};
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

struct Tree {
  std::uint16_t flags = 0;
  std::uint16_t depth = 0;
  std::uint64_t entries = 0;
  std::uint64_t root = kNoPage;
};

struct Meta {
  std::size_t page_size = 0;
  Tree free;
  Tree main;
  std::uint64_t last_page = 0;
  std::uint64_t txn = 0;
};

Tree read_tree(ByteView meta, std::size_t offset) {
  return {load<std::uint16_t>(meta, offset + 4), load<std::uint16_t>(meta, offset + 6),
          load<std::uint64_t>(meta, offset + 32), load<std::uint64_t>(meta, offset + 40)};
}

// What LMDB asks of both meta pages before it looks which one to use (mdb_env_read_header). No commit writes these
// bytes.
void require_meta_page(ByteView page) {
  require_page((load<std::uint16_t>(page, 10) & kMeta) != 0, "a meta page is none");
  const ByteView meta = page.subspan(kPageHeader);
  require_page(load<std::uint32_t>(meta, 0) == kMetaMagic && load<std::uint32_t>(meta, 4) == kDataVersion,
               "it is not an LMDB file of version 1");
}

std::size_t read_page_size(ByteView page) {
  const std::size_t size = load<std::uint32_t>(page, kPageHeader + kPageSizeOffset);
  require_page(std::has_single_bit(size) && size >= kSmallestPage && size <= kLargestPage,
               "the page size is impossible");
  return size;
}

std::uint64_t read_transaction(ByteView page) {
  return load<std::uint64_t>(page, kPageHeader + kTransactionOffset);
}

// Of the meta page that is used.
Meta read_meta(ByteView page) {
  const ByteView meta = page.subspan(kPageHeader);
  Meta out;
  out.page_size = read_page_size(page);
  out.free = read_tree(meta, 24);
  out.main = read_tree(meta, 72);
  out.last_page = load<std::uint64_t>(meta, 120);
  out.txn = read_transaction(page);
  require_page(out.main.flags == 0 && (out.free.flags & ~kIntegerKeys) == 0,
               "a tree has flags that the vault never sets");
  for (const Tree* tree : {&out.free, &out.main}) {
    require_page(tree->depth <= kMaxDepth && (tree->root == kNoPage) == (tree->depth == 0), "a tree has no sound root");
    require_page(tree->root == kNoPage || (tree->root >= kFirstPage && tree->root <= out.last_page),
                 "a root is no page");
  }
  return out;
}

Bytes read_at(int fd, std::uint64_t offset, std::size_t size) {
  Bytes out(size);
  std::size_t done = 0;
  while (done < size) {
    const ssize_t got = pread(fd, out.data() + done, size - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw_file_error("data.mdb", errno);
    require_page(got != 0, "it is too short");
    done += static_cast<std::size_t>(got);
  }
  return out;
}

// The meta page that LMDB uses: of the later transaction, the first of two equal ones (mdb_env_pick_meta), in the place
// that the number of the transaction says, where LMDB looks for it once the file is open. Nothing is asked of the other
// one: LMDB follows none of its numbers before the next commit has written them anew. A commit that failed or was cut
// short there leaves new roots beside old counts (mdb_env_write_meta).
Meta read_current_meta(int fd) {
  const Bytes first = read_at(fd, 0, kPageHeader + kMetaSize);
  require_meta_page(first);
  const std::size_t page_size = read_page_size(first);
  const Bytes second = read_at(fd, page_size, kPageHeader + kMetaSize);
  require_meta_page(second);
  const bool is_second = read_transaction(second) > read_transaction(first);
  const Meta meta = read_meta(is_second ? second : first);
  require_page(meta.page_size == page_size, "the meta pages differ in the page size");
  require_page(meta.txn % 2 == (is_second ? 1 : 0) && meta.txn < kMostTransactions,
               "a meta page has an impossible number");
  return meta;
}

class Walker {
 public:
  explicit Walker(int fd) : fd_(fd), meta_(read_current_meta(fd)) {
    // After the meta pages: a transaction writes its pages first.
    struct stat info {};
    if (fstat(fd, &info) != 0) throw_file_error("data.mdb", errno);
    pages_in_file_ = static_cast<std::uint64_t>(info.st_size) / meta_.page_size;
    require_page(meta_.last_page < kNoPage / meta_.page_size, "it counts more pages than there can be");
  }

  bool is_short() const { return meta_.last_page >= pages_in_file_; }

  void walk() {
    reached_.assign(pages_in_file_, false);
    walk_tree(meta_.main, false);
    walk_tree(meta_.free, true);
    std::sort(free_pages_.begin(), free_pages_.end());
    require_page(std::adjacent_find(free_pages_.begin(), free_pages_.end()) == free_pages_.end(),
                 "a page is free twice");
    std::uint64_t missing = is_short() ? meta_.last_page + 1 - pages_in_file_ : 0;
    for (const std::uint64_t page : free_pages_) {
      require_page(page >= kFirstPage && page <= meta_.last_page, "a free page is none");
      if (page >= pages_in_file_) {
        --missing;  // freed by the transaction that took it: it was never written
      } else {
        require_page(!reached_[page], "a page is in use and free at once");
      }
    }
    require_page(missing == 0, "it is too short");
  }

 private:
  Bytes read(std::uint64_t offset, std::size_t size) const { return read_at(fd_, offset, size); }

  Bytes enter(std::uint64_t page) {
    require_page(page >= kFirstPage && page <= meta_.last_page && page < pages_in_file_,
                 "a page lies outside of the file");
    require_page(!reached_[page], "a page is reached twice");
    reached_[page] = true;
    Bytes bytes = read(page * meta_.page_size, meta_.page_size);
    require_page(load<std::uint64_t>(bytes, 0) == page, "a page has the number of another");
    return bytes;
  }

  void walk_tree(const Tree& tree, bool is_free_list) {
    last_key_.reset();
    std::uint64_t entries = 0;
    if (tree.root != kNoPage) walk_page(tree.root, tree.depth, is_free_list, entries);
    require_page(entries == tree.entries, "a tree does not have the records that it counts");
  }

  // Depth is bounded by kMaxDepth, and each page is entered once.
  void walk_page(std::uint64_t number, int depth, bool is_free_list,
                 std::uint64_t& entries) {  // NOLINT(misc-no-recursion)
    const Bytes page = enter(number);
    const auto flags = load<std::uint16_t>(page, 10);
    require_page(flags == (depth == 1 ? kLeaf : kBranch), "a page is of the wrong kind for its place");
    const std::size_t lower = load<std::uint16_t>(page, 12);
    const std::size_t upper = load<std::uint16_t>(page, 14);
    require_page(lower >= kPageHeader && lower <= upper && upper <= page.size() && lower % 2 == 0,
                 "the free space of a page is impossible");
    const std::size_t count = (lower - kPageHeader) / 2;
    require_page(count >= (flags == kBranch ? 2U : 1U), "a page is empty");
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t offset = load<std::uint16_t>(page, kPageHeader + 2 * i);
      require_page(offset >= upper && offset + kNodeHeader <= page.size(), "a node lies outside of its page");
      const ByteView node = ByteView(page).subspan(offset);
      const auto low = load<std::uint16_t>(node, 0);
      const auto high = load<std::uint16_t>(node, 2);
      const auto node_flags = load<std::uint16_t>(node, 4);
      const std::size_t key_size = load<std::uint16_t>(node, 6);
      require_page(kNodeHeader + key_size <= node.size(), "a key lies outside of its page");
      if (flags == kBranch) {
        const std::uint64_t child = low | std::uint64_t{high} << 16U | std::uint64_t{node_flags} << 32U;
        walk_page(child, depth - 1, is_free_list, entries);
        continue;
      }
      ++entries;
      require_rising(node.subspan(kNodeHeader, key_size), is_free_list);
      const std::size_t data_size = low | std::size_t{high} << 16U;
      read_data(node.subspan(kNodeHeader + key_size), node_flags, data_size, is_free_list);
    }
  }

  void require_rising(ByteView key, bool is_free_list) {
    Bytes now = to_bytes(key);
    require_page(!now.empty(), "a key is empty");
    if (is_free_list) {
      require_page(now.size() == sizeof(std::uint64_t), "a key of the free list is no number");
      std::reverse(now.begin(), now.end());  // so that the order of bytes is that of numbers
    }
    require_page(
        !last_key_ || std::lexicographical_compare(last_key_->begin(), last_key_->end(), now.begin(), now.end()),
        "keys are out of order");
    last_key_ = std::move(now);
  }

  void read_data(ByteView rest, std::uint16_t flags, std::size_t size, bool is_free_list) {
    require_page((flags & ~kBigData) == 0, "a record has flags that the vault never sets");
    Bytes value;
    if (flags == 0) {
      require_page(size <= rest.size(), "a value lies outside of its page");
      if (is_free_list) value = to_bytes(rest.first(size));
    } else {
      value = read_overflow(load<std::uint64_t>(rest, 0), size, is_free_list);
    }
    if (is_free_list) note_free_pages(value);
  }

  Bytes read_overflow(std::uint64_t first, std::size_t size, bool wanted) {
    const Bytes page = enter(first);
    require_page(load<std::uint16_t>(page, 10) == kOverflow, "a large value is not where it should be");
    const std::uint64_t pages = (kPageHeader - 1 + size) / meta_.page_size + 1;
    require_page(load<std::uint32_t>(page, 12) == pages, "a large value has the wrong number of pages");
    require_page(first + pages <= pages_in_file_ && first + pages - 1 <= meta_.last_page,
                 "a large value passes the end of the file");
    for (std::uint64_t i = 1; i < pages; ++i) {
      require_page(!reached_[first + i], "a page is reached twice");
      reached_[first + i] = true;
    }
    return wanted ? read(first * meta_.page_size + kPageHeader, size) : Bytes();
  }

  // MDB_IDL: a count, and that many page numbers.
  void note_free_pages(ByteView list) {
    const auto count = load<std::uint64_t>(list, 0);
    require_page(count <= list.size() / sizeof(std::uint64_t) - 1, "a free list is longer than its record");
    for (std::uint64_t i = 1; i <= count; ++i) {
      const auto page = load<std::uint64_t>(list, i * sizeof(std::uint64_t));
      require_page(i == 1 || page < free_pages_.back(), "a free list is out of order");
      free_pages_.push_back(page);
    }
  }

  int fd_;
  Meta meta_;
  std::uint64_t pages_in_file_ = 0;
  std::vector<bool> reached_;
  std::vector<std::uint64_t> free_pages_;
  std::optional<Bytes> last_key_;
};

// Both, whatever they hold.
Bytes read_metas(int fd) {
  Bytes both = read_at(fd, 0, kPageHeader + kMetaSize);
  const std::size_t page_size = load<std::uint32_t>(both, kPageHeader + kPageSizeOffset);
  const Bytes second = read_at(fd, page_size, kPageHeader + kMetaSize);
  both.insert(both.end(), second.begin(), second.end());
  return both;
}

}  // namespace

void require_known_format(const LmdbVersion& in_use) {
  if (in_use.major == kKnownMajor && in_use.minor == kKnownMinor) return;
  throw Error(ErrorCode::kUnsupportedOperation,
              cat("LMDB ", text_of(in_use),
                  " is in use, and this kmsctl can check data files of LMDB 0.9 only: ", "data.mdb is not opened"));
}

void require_sound_metas(int fd) {
  require_known_format(lmdb_in_use());
  // A commit in another process, between two reads here or while the pages are walked, looks like damage: what counts
  // is a finding that comes twice on the same meta pages.
  Bytes before;
  for (;;) {
    Bytes now;
    try {
      now = read_metas(fd);
      Walker walker(fd);
      if (walker.is_short()) walker.walk();
      return;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kVaultDamaged || now == before) throw;
      before = std::move(now);
    }
  }
}

void require_sound_pages(int fd) {
  require_known_format(lmdb_in_use());
  Walker(fd).walk();
}

void clear_place_flag(int fd) {
  const std::size_t page_size = read_page_size(read_at(fd, 0, kPageHeader + kMetaSize));
  for (const std::size_t page : {std::size_t{0}, page_size}) {
    const auto at = static_cast<off_t>(page + kPageHeader + kFreeFlagsOffset);
    if (pwrite(fd, &kIntegerKeys, sizeof kIntegerKeys, at) != sizeof kIntegerKeys) throw_file_error("data.mdb", errno);
  }
}

}  // namespace kms::vault
