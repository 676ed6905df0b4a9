#pragma once
// Lists, which operations answer page by page. What a list answers begins with three members in this order, which
// EntryPage::answer() fills:
//   std::vector<ENTRY> ...;
//   std::optional<std::string> next_marker;
//   bool truncated = false;
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/service/operation.h"

namespace kms {

template <class Visitor>
void visit_next_page(Visitor& visit, std::optional<std::string>& next_marker, bool& truncated) {
  visit("NextMarker", next_marker, {.help = "Marker of the next page; absent on the last one"});
  visit("Truncated", truncated, {.help = "Whether there is another page"});
}

// Entries on a page: what the caller asked for, but never more than the API gives.
std::size_t page_size(std::int32_t limit, std::int32_t largest);
[[noreturn]] void throw_invalid_marker(std::string_view operation);

// Where a page of a list in the order of the store begins and ends. Its marker names its last entry, and the order that
// it was found in: what is added or removed meanwhile neither repeats nor hides another. Belongs to the call.
class PageBounds {
 public:
  // As many entries as the caller asked for, but no more than the API gives.
  PageBounds(const Call& call, std::int32_t limit, std::int32_t largest)
      : call_(call), size_(page_size(limit, largest)) {}
  // Where it begins: the item of the last entry of the page before; empty for the first one. InvalidMarkerException for
  // a marker that no page had, or that a credential was revoked since.
  std::string after(std::string_view marker) const;

 protected:
  // False when the page is full: then the list goes on, and this item is not on the page.
  bool take(std::string_view item);
  bool truncated() const { return truncated_; }
  std::optional<std::string> next_marker() const;

 private:
  const Call& call_;
  std::size_t size_;
  std::size_t taken_ = 0;
  std::string last_;
  bool truncated_ = false;
};

template <class Entry>
class EntryPage : public PageBounds {
 public:
  using PageBounds::PageBounds;
  // False when the page is full: then the list goes on, and this entry is not on the page.
  bool add(Entry entry, std::string_view item) {
    if (!take(item)) return false;
    entries_.push_back(std::move(entry));
    return true;
  }
  // Once: moves the entries.
  template <class Response>
  Response answer() {
    return {std::move(entries_), next_marker(), truncated()};
  }

 private:
  std::vector<Entry> entries_;
};

}  // namespace kms
