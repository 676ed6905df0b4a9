#include "vault/page_walker.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/text.h"

namespace kms::vault {
namespace {
constexpr std::size_t kPageHeader = 16;
constexpr std::uint32_t kMagic = 0xBEEFC0DE;
constexpr std::uint32_t kDataVersion = 1;
constexpr std::uint16_t kMetaFlag = 0x08;
constexpr std::uint64_t kNoPage = ~std::uint64_t{0};

[[noreturn]] void damaged(std::string_view what) {
  throw Error(ErrorCode::kVaultDamaged, cat("data.mdb is damaged: ", what));
}

// MDB_db and MDB_meta as mdb.c lays them out.
struct Tree {
  std::uint32_t pad;
  std::uint16_t flags;
  std::uint16_t depth;
  std::uint64_t branch_pages;
  std::uint64_t leaf_pages;
  std::uint64_t overflow_pages;
  std::uint64_t entries;
  std::uint64_t root;
};
struct Meta {
  std::uint32_t magic;
  std::uint32_t version;
  std::uint64_t address;
  std::uint64_t map_size;
  std::array<Tree, 2> trees;
  std::uint64_t last_page;
  std::uint64_t transaction;
};
static_assert(sizeof(Tree) == 48 && sizeof(Meta) == 136);

Meta read_meta(int fd, std::uint64_t at) {
  std::array<std::uint8_t, kPageHeader + sizeof(Meta)> raw{};
  if (pread(fd, raw.data(), raw.size(), static_cast<off_t>(at)) != static_cast<ssize_t>(raw.size())) {
    damaged("it is too short");
  }
  std::uint16_t flags = 0;
  std::memcpy(&flags, raw.data() + 10, sizeof(flags));
  Meta meta{};
  std::memcpy(&meta, raw.data() + kPageHeader, sizeof(meta));
  if (flags != kMetaFlag || meta.magic != kMagic || meta.version != kDataVersion) damaged("a meta page is none");
  return meta;
}

template <class Number>
Number number_at(ByteView bytes, std::size_t at) {
  Number value = 0;
  if (at + sizeof(value) > bytes.size()) damaged("a page is too short");
  std::memcpy(&value, bytes.data() + at, sizeof(value));
  return value;
}

constexpr std::uint16_t kBranch = 0x01;
constexpr std::uint16_t kLeaf = 0x02;
constexpr std::uint16_t kOverflow = 0x04;
constexpr std::uint16_t kBigData = 0x01;
constexpr std::size_t kNodeHeader = 8;

class PageWalk {
 public:
  PageWalk(int fd, const Meta& meta)
      : fd_(fd), page_size_(meta.trees[0].pad), last_(meta.last_page), seen_(static_cast<std::size_t>(last_) + 1) {}

  void tree(const Tree& tree) {
    if (tree.root != kNoPage) page(tree.root, tree.depth);
  }

 private:
  void reach(std::uint64_t number) {
    if (number < 2 || number > last_) damaged("a page number is out of range");
    if (seen_[static_cast<std::size_t>(number)]) damaged("a page is used twice");
    seen_[static_cast<std::size_t>(number)] = true;
  }

  Bytes read_page(std::uint64_t number) const {
    Bytes raw(static_cast<std::size_t>(page_size_));
    const auto got = pread(fd_, raw.data(), raw.size(), static_cast<off_t>(number * page_size_));
    if (got != static_cast<ssize_t>(raw.size())) damaged("it was cut short");
    if (number_at<std::uint64_t>(raw, 0) != number) damaged("a page is in the place of another");
    return raw;
  }

  void page(std::uint64_t number, unsigned depth) {
    if (depth == 0) damaged("a tree is deeper than counted");
    reach(number);
    const Bytes raw = read_page(number);
    const bool leaf = depth == 1;
    if (number_at<std::uint16_t>(raw, 10) != (leaf ? kLeaf : kBranch)) damaged("a page is of the wrong kind");
    const std::size_t lower = number_at<std::uint16_t>(raw, 12);
    const std::size_t upper = number_at<std::uint16_t>(raw, 14);
    if (lower < kPageHeader || lower > upper || upper > raw.size() || lower % 2 != 0) damaged("a page has no bounds");
    for (std::size_t at = kPageHeader; at < lower; at += 2) {
      const std::size_t node = number_at<std::uint16_t>(raw, at);
      if (node < upper) damaged("a node is out of its page");
      if (leaf) {
        leaf_node(raw, node);
      } else {
        page(branch_target(raw, node), depth - 1);
      }
    }
  }

  static std::uint64_t branch_target(const Bytes& raw, std::size_t node) {
    const std::size_t key = number_at<std::uint16_t>(raw, node + 6);
    if (node + kNodeHeader + key > raw.size()) damaged("a node is out of its page");
    return number_at<std::uint32_t>(raw, node) | std::uint64_t{number_at<std::uint16_t>(raw, node + 4)} << 32U;
  }

  void leaf_node(const Bytes& raw, std::size_t node) {
    const std::uint64_t size = number_at<std::uint32_t>(raw, node);
    const auto flags = number_at<std::uint16_t>(raw, node + 4);
    const std::size_t data = node + kNodeHeader + number_at<std::uint16_t>(raw, node + 6);
    if ((flags & ~kBigData) != 0) damaged("a node is of an unknown kind");
    if (flags == 0) {
      if (data + size > raw.size()) damaged("a node is out of its page");
      return;
    }
    const auto first = number_at<std::uint64_t>(raw, data);
    reach(first);
    const Bytes front = read_page(first);
    const std::uint64_t pages = number_at<std::uint32_t>(front, 12);
    if (number_at<std::uint16_t>(front, 10) != kOverflow || pages == 0 || kPageHeader + size > pages * page_size_) {
      damaged("a large value has the wrong size");
    }
    for (std::uint64_t i = 1; i < pages; ++i) reach(first + i);
  }

  int fd_;
  std::uint64_t page_size_;
  std::uint64_t last_;
  std::vector<bool> seen_;
};

}  // namespace

void require_sound_pages(int fd) {
  require_sound_metas(fd);
  const Meta first = read_meta(fd, 0);
  const Meta second = read_meta(fd, first.trees[0].pad);
  const Meta& newer = second.transaction > first.transaction ? second : first;
  struct stat info {};
  if (fstat(fd, &info) != 0) throw_file_error("data.mdb", errno);
  // Pages at the end may be missing when nothing refers to them, but not so many that counting them takes memory.
  if (newer.last_page > static_cast<std::uint64_t>(info.st_size) / newer.trees[0].pad + (1U << 24U)) {
    damaged("a page count is too large");
  }
  PageWalk walk(fd, newer);
  for (const Tree& tree : newer.trees) walk.tree(tree);
}

void require_sound_metas(int fd) {
  struct stat info {};
  if (fstat(fd, &info) != 0) throw_file_error("data.mdb", errno);
  const auto size = static_cast<std::uint64_t>(info.st_size);
  const Meta first = read_meta(fd, 0);
  const std::uint64_t page_size = first.trees[0].pad;
  if (page_size < 512 || page_size > 65536 || (page_size & (page_size - 1)) != 0) damaged("its page size is none");
  const Meta second = read_meta(fd, page_size);
  if (second.trees[0].pad != page_size) damaged("its meta pages differ");
  for (const Meta& meta : {first, second}) {
    if (meta.last_page < 1 || meta.last_page > (std::uint64_t{1} << 47U) / page_size)
      damaged("a page count is too large");
    for (const Tree& tree : meta.trees) {
      if (tree.root != kNoPage && (tree.root < 2 || tree.root > meta.last_page)) damaged("a tree has no root");
      if (tree.depth > 32) damaged("a tree is too deep");
      // A root beyond the end would be a fault in mapped memory.
      if (tree.root != kNoPage && (tree.root + 1) * page_size > size) damaged("it was cut short");
    }
  }
}

}  // namespace kms::vault
