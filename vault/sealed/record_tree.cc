#include "vault/sealed/record_tree.h"

#include <algorithm>
#include <utility>

#include "core/base/error.h"

namespace kms::vault {
namespace {

constexpr std::uint8_t kMostLevels = 16;
// Of a page that the builder leaves behind: the next records that are added split none.
constexpr std::size_t kBuiltEntries = kMostTreeEntries * 3 / 4;

[[noreturn]] void throw_damaged_tree() {
  throw Error(ErrorCode::kVaultDamaged,
              "the list of the vault's records is damaged, or was put back as it was at an earlier time");
}

bool is_before(const TreeEntry& entry, const RecordPlace& place) {
  return entry.place < place;
}

// In a page above: the entry below which the place is, or belongs.
std::size_t entry_towards(const TreePage& page, const RecordPlace& place) {
  const auto after =
      std::upper_bound(page.entries.begin(), page.entries.end(), place,
                       [](const RecordPlace& each, const TreeEntry& entry) { return each < entry.place; });
  return after == page.entries.begin() ? 0 : static_cast<std::size_t>(after - page.entries.begin()) - 1;
}

std::size_t entry_at(const TreePage& leaf, const RecordPlace& place) {
  const auto found = std::lower_bound(leaf.entries.begin(), leaf.entries.end(), place, is_before);
  return static_cast<std::size_t>(found - leaf.entries.begin());
}

bool has(const TreePage& leaf, std::size_t entry, const RecordPlace& place) {
  return entry < leaf.entries.size() && leaf.entries[entry].place == place;
}

void erase_entry(TreePage& page, std::size_t entry) {
  page.entries.erase(page.entries.begin() + static_cast<std::ptrdiff_t>(entry));
}

void insert_entry(TreePage& page, std::size_t at, const TreeEntry& entry) {
  page.entries.insert(page.entries.begin() + static_cast<std::ptrdiff_t>(at), entry);
}

RecordMark put_page(EngineTransaction& txn, const Keys& keys, Random& random, const Bytes& key, std::uint64_t version,
                    const TreePage& page) {
  const Bytes sealed = seal_record(keys, key, version, {RecordKind::kTree, {}, {}}, tree_page_bytes(page), random);
  txn.put(key, sealed);
  return mark_of(sealed);
}

}  // namespace

void throw_put_back() {
  throw Error(ErrorCode::kVaultDamaged,
              "a record was put back as it was at an earlier time, added, exchanged or erased by somebody without the "
              "keys: what it decides is not used");
}

RecordPlace place_of(ByteView lmdb_key) {
  RecordPlace place{};
  if (lmdb_key.size() != place.size()) throw_damaged_tree();
  std::copy(lmdb_key.begin(), lmdb_key.end(), place.begin());
  return place;
}

RecordMark mark_of(ByteView sealed) {
  RecordMark mark{};
  if (sealed.size() < mark.size()) throw_damaged_tree();
  const ByteView tag = sealed.last(mark.size());
  std::copy(tag.begin(), tag.end(), mark.begin());
  return mark;
}

Bytes tree_page_bytes(const TreePage& page) {
  Bytes bytes;
  ByteWriter out(bytes);
  out.u8(page.level);
  for (const TreeEntry& entry : page.entries) {
    out.bytes(entry.place).bytes(entry.mark);
    if (page.level > 0) out.u64(entry.page);
  }
  return bytes;
}

TreePage parse_tree_page(ByteView bytes) {
  ByteReader in(bytes, ErrorCode::kVaultDamaged, "the list of the vault's records is damaged");
  TreePage page;
  page.level = in.u8();
  in.require(page.level < kMostLevels);
  while (!in.empty()) {
    TreeEntry entry;
    entry.place = place_of(in.take(entry.place.size()));
    entry.mark = mark_of(in.take(entry.mark.size()));
    if (page.level > 0) entry.page = in.u64();
    in.require(page.entries.empty() || page.entries.back().place < entry.place);
    page.entries.push_back(entry);
  }
  in.require(!page.entries.empty() && page.entries.size() <= kMostTreeEntries);
  return page;
}

Bytes RecordTree::key_of(std::uint64_t number) const {
  return numbered_key(prefix_, number);
}

const TreePage& RecordTree::open(std::uint64_t number, const RecordMark& mark) const {
  if (const auto known = pages_.find(number); known != pages_.end()) return known->second;
  const Bytes key = key_of(number);
  const auto sealed = txn_.get(key);
  if (!sealed || mark_of(*sealed) != mark) throw_damaged_tree();
  const OpenedRecord record = open_record(keys_, key, *sealed);
  if (record.kind != RecordKind::kTree) throw_damaged_tree();
  return pages_.emplace(number, parse_tree_page(record.value)).first->second;
}

// From the topmost page to a leaf; empty where there is none.
std::vector<RecordTree::Step> RecordTree::path_to(const RecordPlace& place) const {
  std::vector<Step> path;
  std::uint64_t number = top_.page;
  RecordMark mark = top_.mark;
  for (std::uint8_t above = kMostLevels; number != 0;) {
    const TreePage& page = open(number, mark);
    if (page.level >= above) throw_damaged_tree();
    above = page.level;
    path.push_back({number, page.level == 0 ? entry_at(page, place) : entry_towards(page, place)});
    if (page.level == 0) break;
    const TreeEntry& next = page.entries[path.back().entry];
    number = next.page;
    mark = next.mark;
  }
  return path;
}

std::optional<RecordMark> RecordTree::find(const RecordPlace& place) const {
  const auto path = path_to(place);
  if (path.empty()) return std::nullopt;
  const TreePage& leaf = pages_.at(path.back().page);
  if (!has(leaf, path.back().entry, place)) return std::nullopt;
  return leaf.entries[path.back().entry].mark;
}

std::optional<TreeEntry> RecordTree::first_from(const RecordPlace& place) const {
  return top_.page == 0 ? std::nullopt : first_below({{}, top_.mark, top_.page}, place);
}

std::optional<TreeEntry> RecordTree::first_behind(RecordPlace place) const {
  for (auto byte = place.rbegin(); byte != place.rend(); ++byte) {
    if (++*byte != 0) return first_from(place);
  }
  return std::nullopt;  // none is behind the last place of all
}

// No page is empty: where the one that the place belongs into has none behind it, the next one has.
std::optional<TreeEntry> RecordTree::first_below(const TreeEntry& top, const RecordPlace& place) const {
  const TreePage& page = open(top.page, top.mark);
  if (page.level == 0) {
    const std::size_t at = entry_at(page, place);
    return at < page.entries.size() ? std::optional(page.entries[at]) : std::nullopt;
  }
  for (std::size_t at = entry_towards(page, place); at < page.entries.size(); ++at) {
    if (open(page.entries[at].page, page.entries[at].mark).level >= page.level) throw_damaged_tree();
    if (auto found = first_below(page.entries[at], place)) return found;
  }
  return std::nullopt;
}

TreePage& RecordTree::change(std::uint64_t number) {
  changed_.insert(number);
  return pages_.at(number);
}

void RecordTree::set(const RecordPlace& place, const RecordMark& mark) {
  if (top_.page == 0) {
    top_.page = top_.next++;
    pages_[top_.page] = {0, {{place, mark, 0}}};
    changed_.insert(top_.page);
    return;
  }
  auto path = path_to(place);
  for (const Step& step : path) {
    TreePage& page = change(step.page);
    if (page.level > 0) page.entries[step.entry].place = std::min(page.entries[step.entry].place, place);
  }
  const Step last = path.back();
  TreePage& leaf = change(last.page);
  if (has(leaf, last.entry, place)) {
    leaf.entries[last.entry].mark = mark;
    return;
  }
  insert_entry(leaf, last.entry, {place, mark, 0});
  if (leaf.entries.size() > kMostTreeEntries) split(std::move(path));
}

// The last page of the path has one entry too many; so may then the one above it.
void RecordTree::split(std::vector<Step> path) {
  while (!path.empty()) {
    const std::uint64_t number = path.back().page;
    path.pop_back();
    TreePage& page = change(number);
    if (page.entries.size() <= kMostTreeEntries) return;
    const auto half = page.entries.begin() + static_cast<std::ptrdiff_t>(page.entries.size() / 2);
    const std::uint64_t right = top_.next++;
    TreePage& made = pages_[right] = {page.level, {half, page.entries.end()}};
    page.entries.erase(half, page.entries.end());
    changed_.insert(right);
    const TreeEntry entry{made.entries.front().place, {}, right};
    if (!path.empty()) {
      insert_entry(change(path.back().page), path.back().entry + 1, entry);
      continue;
    }
    const auto level = static_cast<std::uint8_t>(page.level + 1);
    const TreeEntry left{page.entries.front().place, {}, number};
    top_.page = top_.next++;
    pages_[top_.page] = {level, {left, entry}};
    changed_.insert(top_.page);
  }
}

void RecordTree::erase(const RecordPlace& place) {
  auto path = path_to(place);
  if (path.empty() || !has(pages_.at(path.back().page), path.back().entry, place)) return;
  for (const Step& step : path) change(step.page);
  erase_entry(change(path.back().page), path.back().entry);
  drop(std::move(path));
  lower_top();
}

// The pages at the end of the path that have no entry left.
void RecordTree::drop(std::vector<Step> path) {
  for (; !path.empty() && pages_.at(path.back().page).entries.empty(); path.pop_back()) {
    const std::uint64_t number = path.back().page;
    pages_.erase(number);
    changed_.erase(number);
    (void)txn_.erase(key_of(number));
    if (path.size() == 1) {
      top_ = {0, {}, top_.next};
    } else {
      const Step& above = path[path.size() - 2];
      erase_entry(change(above.page), above.entry);
    }
  }
}

// A page with one page below it is no use at the top.
void RecordTree::lower_top() {
  while (top_.page != 0) {
    const TreePage& page = open(top_.page, top_.mark);
    if (page.level == 0 || page.entries.size() > 1) return;
    const TreeEntry only = page.entries.front();
    pages_.erase(top_.page);
    changed_.erase(top_.page);
    (void)txn_.erase(key_of(top_.page));
    top_.page = only.page;
    top_.mark = only.mark;
  }
}

// Whoever is above a page that changed has changed, too.
RecordMark RecordTree::write_page(std::uint64_t number, std::uint64_t version) {
  TreePage& page = pages_.at(number);
  for (TreeEntry& entry : page.entries) {
    if (page.level > 0 && changed_.contains(entry.page)) entry.mark = write_page(entry.page, version);
  }
  return put_page(txn_, keys_, random_, key_of(number), version, page);
}

TreeTop RecordTree::write(std::uint64_t version) {
  if (changed_.contains(top_.page)) top_.mark = write_page(top_.page, version);
  changed_.clear();
  return top_;
}

void TreeBuilder::add(EngineTransaction& txn, const RecordPlace& place, const RecordMark& mark) {
  add_entry(txn, 0, {place, mark, 0});
}

void TreeBuilder::add_entry(EngineTransaction& txn, std::size_t level, const TreeEntry& entry) {
  if (level == levels_.size()) levels_.push_back({static_cast<std::uint8_t>(level), {}});
  if (levels_[level].entries.size() == kBuiltEntries) {
    const TreeEntry full = write(txn, level);
    add_entry(txn, level + 1, full);
  }
  levels_[level].entries.push_back(entry);
}

bool TreeBuilder::add_records(EngineTransaction& txn, std::size_t most) {
  std::vector<TreeEntry> found;
  bool more = false;
  {
    const auto cursor = txn.cursor();  // ends with the first page that is written
    more = last_.empty() ? cursor->first() : cursor->seek(last_);
    if (more && cursor->key() == last_) more = cursor->next();
    for (std::size_t count = 0; more && count < most; more = cursor->next(), ++count) {
      last_ = cursor->key();
      if (last_.size() != sizeof(RecordPlace)) continue;
      const Bytes sealed = cursor->value();
      if (is_in_tree(peek_record(sealed).kind)) found.push_back({place_of(last_), mark_of(sealed), 0});
    }
  }
  for (const TreeEntry& each : found) add(txn, each.place, each.mark);
  return more;
}

// The page of the level, and leaves it empty.
TreeEntry TreeBuilder::write(EngineTransaction& txn, std::size_t level) {
  TreePage& page = levels_[level];
  const std::uint64_t number = next_++;
  const TreeEntry entry{page.entries.front().place,
                        put_page(txn, keys_, random_, numbered_key(prefix_, number), version_, page), number};
  page.entries.clear();
  return entry;
}

TreeTop TreeBuilder::finish(EngineTransaction& txn) {
  for (std::size_t level = 0; level < levels_.size(); ++level) {
    const TreeEntry last = write(txn, level);
    if (level + 1 == levels_.size()) return {last.page, last.mark, next_};
    add_entry(txn, level + 1, last);
  }
  return {};
}

}  // namespace kms::vault
