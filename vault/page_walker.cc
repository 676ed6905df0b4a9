#include "vault/page_walker.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/text.h"

namespace kms::vault {
namespace {

constexpr std::uint32_t kMagic = 0xBEEFC0DE;
constexpr std::uint32_t kDataVersion = 1;
constexpr std::size_t kMetaEnd = 152;  // of page header and MDB_meta
constexpr std::size_t kPageHeader = 16;
constexpr std::size_t kNodeHeader = 8;
constexpr std::uint16_t kBranch = 0x01;
constexpr std::uint16_t kLeaf = 0x02;
constexpr std::uint16_t kOverflow = 0x04;
constexpr std::uint16_t kBigData = 0x01;
constexpr std::uint64_t kNoPage = ~std::uint64_t{0};
constexpr unsigned kDeepest = 32;  // LMDB's cursor stack

[[noreturn]] void damaged(std::string_view what) {
  throw Error(ErrorCode::kVaultDamaged, cat("data.mdb is damaged: ", what));
}

void require(bool sound, std::string_view what) {
  if (!sound) damaged(what);
}

template <class T>
T number_at(const std::uint8_t* data) {
  T value{};
  std::memcpy(&value, data, sizeof value);
  return value;
}

void read_at(int fd, MutableBytes out, std::uint64_t offset) {
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t got = pread(fd, out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw_file_error("data.mdb", errno);
    require(got > 0, "it is truncated");
    done += static_cast<std::size_t>(got);
  }
}

struct Meta {
  std::uint64_t page_size = 0;
  std::array<std::uint64_t, 2> roots{};  // of the free list, and of the records
  std::array<unsigned, 2> depths{};
  std::uint64_t last_page = 0;
  std::uint64_t txn = 0;
};

Meta read_meta(int fd, std::uint64_t offset) {
  std::array<std::uint8_t, kMetaEnd> page{};
  read_at(fd, page, offset);
  require(number_at<std::uint32_t>(&page[16]) == kMagic, "it is no LMDB file");
  require(number_at<std::uint32_t>(&page[20]) == kDataVersion, "its LMDB version is unknown");
  Meta meta;
  meta.page_size = number_at<std::uint32_t>(&page[40]);
  meta.depths = {number_at<std::uint16_t>(&page[46]), number_at<std::uint16_t>(&page[94])};
  meta.roots = {number_at<std::uint64_t>(&page[80]), number_at<std::uint64_t>(&page[128])};
  meta.last_page = number_at<std::uint64_t>(&page[136]);
  meta.txn = number_at<std::uint64_t>(&page[144]);
  return meta;
}

std::uint64_t size_of(int fd) {
  struct stat info {};
  if (fstat(fd, &info) != 0) throw_file_error("data.mdb", errno);
  return static_cast<std::uint64_t>(info.st_size);
}

// The newer of the two, after both were found to make sense.
Meta sound_meta(int fd) {
  const Meta first = read_meta(fd, 0);
  const auto page_size = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  require(first.page_size == page_size, "its page size is not this machine's");
  const Meta second = read_meta(fd, page_size);
  require(second.page_size == page_size, "its page size is not this machine's");
  const std::uint64_t pages = size_of(fd) / page_size;
  for (const Meta& meta : {first, second}) {
    require(meta.last_page >= 1 && meta.last_page < pages, "pages are missing at its end");
    for (const std::uint64_t root : meta.roots)
      require(root == kNoPage || root <= meta.last_page, "a root is out of range");
  }
  return second.txn > first.txn ? second : first;
}

class Walker {
 public:
  Walker(int fd, const Meta& meta) : fd_(fd), meta_(meta), seen_(meta.last_page + 1) { seen_[0] = seen_[1] = true; }

  void walk() {
    for (std::size_t tree = 0; tree < meta_.roots.size(); ++tree) {
      is_free_list_ = tree == 0;
      before_.clear();
      if (meta_.roots.at(tree) != kNoPage) visit(meta_.roots.at(tree), meta_.depths.at(tree));
    }
    for (const std::uint64_t page : free_) {
      require(page >= 2 && page <= meta_.last_page && !seen_[page], "a free page is in use");
      seen_[page] = true;
    }
  }

 private:
  Bytes read_page(std::uint64_t number) {
    require(number >= 2 && number <= meta_.last_page, "a page number is out of range");
    require(!seen_[number], "a page is used twice");
    seen_[number] = true;
    Bytes page(meta_.page_size);
    read_at(fd_, page, number * meta_.page_size);
    require(number_at<std::uint64_t>(page.data()) == number, "a page stands in the place of another");
    return page;
  }

  // Depth is bounded by kDeepest, and every page is visited once.
  void visit(std::uint64_t number, unsigned depth) {  // NOLINT(misc-no-recursion)
    require(depth >= 1 && depth <= kDeepest, "a tree is too deep");
    const Bytes page = read_page(number);
    const auto flags = number_at<std::uint16_t>(&page[10]);
    const bool is_leaf = depth == 1;
    require(flags == (is_leaf ? kLeaf : kBranch), "a page is of the wrong kind");
    const std::size_t lower = number_at<std::uint16_t>(&page[12]);
    const std::size_t upper = number_at<std::uint16_t>(&page[14]);
    require(lower >= kPageHeader && lower <= upper && upper <= page.size() && lower % 2 == 0,
            "a page has wrong bounds");
    const std::size_t count = (lower - kPageHeader) / 2;
    require(count >= 1, "a page is empty");
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t at = number_at<std::uint16_t>(&page[kPageHeader + 2 * i]);
      require(at >= upper && at + kNodeHeader <= page.size(), "a node lies outside its page");
      const ByteView node = ByteView(page).subspan(at);
      if (is_leaf) {
        leaf_node(node);
      } else {
        const std::uint64_t child = number_at<std::uint16_t>(&node[0]) |
                                    (std::uint64_t{number_at<std::uint16_t>(&node[2])} << 16U) |
                                    (std::uint64_t{number_at<std::uint16_t>(&node[4])} << 32U);
        require(kNodeHeader + number_at<std::uint16_t>(&node[6]) <= node.size(), "a node lies outside its page");
        visit(child, depth - 1);
      }
    }
  }

  void leaf_node(ByteView node) {
    const std::size_t size =
        number_at<std::uint16_t>(&node[0]) | (std::size_t{number_at<std::uint16_t>(&node[2])} << 16U);
    const auto flags = number_at<std::uint16_t>(&node[4]);
    const std::size_t key_size = number_at<std::uint16_t>(&node[6]);
    require(flags == 0 || flags == kBigData, "a node has unknown flags");
    const bool is_big = flags == kBigData;
    require(key_size >= 1 && kNodeHeader + key_size + (is_big ? sizeof(std::uint64_t) : size) <= node.size(),
            "a node lies outside its page");
    const Bytes key = to_bytes(node.subspan(kNodeHeader, key_size));
    // The keys of the free list are numbers; those of the records rise byte by byte.
    require(is_free_list_ || before_.empty() || before_ < key, "keys are out of order");
    before_ = key;
    const ByteView data = node.subspan(kNodeHeader + key_size);
    const Bytes value =
        is_big ? read_overflow(number_at<std::uint64_t>(data.data()), size) : to_bytes(data.first(size));
    if (is_free_list_) free_pages(value);
  }

  Bytes read_overflow(std::uint64_t number, std::size_t size) {
    const Bytes first = read_page(number);
    require(number_at<std::uint16_t>(&first[10]) == kOverflow, "a page is of the wrong kind");
    const std::uint64_t count = (kPageHeader + size + meta_.page_size - 1) / meta_.page_size;
    require(number_at<std::uint32_t>(&first[12]) == count && number + count - 1 <= meta_.last_page,
            "a large value has a wrong size");
    for (std::uint64_t i = 1; i < count; ++i) {
      require(!seen_[number + i], "a page is used twice");
      seen_[number + i] = true;
    }
    Bytes value(is_free_list_ ? size : 0);  // values of records are checked by their seals
    if (is_free_list_) read_at(fd_, value, number * meta_.page_size + kPageHeader);
    return value;
  }

  void free_pages(const Bytes& list) {
    require(list.size() >= sizeof(std::uint64_t), "the free list is damaged");
    const auto count = number_at<std::uint64_t>(list.data());
    require(count < list.size() / sizeof(std::uint64_t), "the free list is damaged");
    for (std::uint64_t i = 1; i <= count; ++i)
      free_.push_back(number_at<std::uint64_t>(&list[i * sizeof(std::uint64_t)]));
  }

  int fd_;
  Meta meta_;
  std::vector<bool> seen_;
  std::vector<std::uint64_t> free_;
  Bytes before_;
  bool is_free_list_ = false;
};

}  // namespace

void require_sound_metas(int fd) {
  (void)sound_meta(fd);
}

void require_sound_pages(int fd) {
  Walker(fd, sound_meta(fd)).walk();
}

}  // namespace kms::vault
