#pragma once
// Lists, which operations answer page by page.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "cli/session.h"
#include "core/base/json.h"
#include "core/service/field.h"

namespace kms::cli {

// The pages of a list operation, one call each. Refers to the session and the operation, which outlive it.
class Pages {
 public:
  // A page has as many entries as `page_size` says, or as Limit allows when it is 0: most of what a page costs is the
  // call. With kNoBound it has as many as the operation gives who does not say.
  Pages(Session& session, const OperationInfo& operation, Json request, std::int64_t page_size = 0);
  ~Pages();
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;
  Pages(Pages&&) = delete;
  Pages& operator=(Pages&&) = delete;

  bool more() const { return more_; }
  // The answer without what only says how the list goes on, with no more than `most` entries. Only when more().
  Json next(std::int64_t most);
  // Of the page after the last one, when more().
  const std::string& marker() const { return marker_; }
  const OperationInfo& operation() const { return operation_; }

 private:
  Json ask(std::int64_t limit);

  Session& session_;
  const OperationInfo& operation_;
  const std::unique_ptr<Json> request_;
  const std::int64_t page_size_;
  bool more_ = true;
  std::string marker_;
};

// Adds the entries of a page to those of the pages before it.
void append_page(Json& whole, Json page);

// As a command takes them.
struct PageOptions {
  std::string starting_token;
  std::int64_t max_items = 0;  // 0: all
  std::int64_t page_size = 0;  // 0: as the operation likes
  bool no_paginate = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    constexpr std::int64_t kMost = 1000000000;
    visit("--max-items", max_items, {.least = 1, .most = kMost, .help = "stop after so many, and print NextToken"});
    visit("--starting-token", starting_token, {.help = "go on where NextToken says"});
    visit("--page-size", page_size, {.least = 1, .most = kMost, .help = "how many to ask for at once"});
    visit("--no-paginate", no_paginate, {.help = "the first page only"});
  }
};

// Which way a list goes from page to page.
enum class Direction : std::uint8_t { kForward, kBackward };  // backward: each page stands before the one before it

// Every page as one answer, or those that hold the first max_items: then NextToken says where to go on. A single page,
// as it was answered, where the options or the request (Limit, Marker) ask for that.
Json call_list(Session& session, const OperationInfo& operation, Json request, const PageOptions& options,
               Direction direction = Direction::kForward);
// Prints that.
void print_list(Session& session, const OperationInfo& operation, Json request, const PageOptions& options);

// Prints the pages, or the first max_items entries where that is not 0, as print_answer_of() prints them in one; where
// the form lets it, each as it comes, so that memory does not grow with the list. When a later call fails, what was
// printed stands.
void print_pages(Session& session, Pages& pages, std::int64_t max_items = 0);

}  // namespace kms::cli
