#include "cli/pages.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "cli/output.h"

namespace kms::cli {
namespace {

std::int64_t largest_page(const OperationInfo& operation) {
  const std::vector<Field>& fields = operation.fields();
  const auto limit =
      std::find_if(fields.begin(), fields.end(), [](const Field& field) { return field.name == "Limit"; });
  return limit->rule.max;
}

std::int64_t item_count(const Json& answer) {
  std::size_t count = 0;
  for (const Json& member : answer) count += member.is_array() ? member.size() : 0;
  return static_cast<std::int64_t>(count);
}

bool asks_for_one_page(const Json& request, const PageOptions& options) {
  return options.no_paginate || request.contains("Limit") || request.contains("Marker");
}

Json join(std::vector<Json> pages, Direction direction) {
  if (direction == Direction::kBackward) std::reverse(pages.begin(), pages.end());
  Json whole = Json::object();
  for (Json& page : pages) append_page(whole, std::move(page));
  return whole;
}

}  // namespace

Pages::Pages(Session& session, const OperationInfo& operation, Json request, std::int64_t page_size)
    : session_(session),
      operation_(operation),
      request_(std::make_unique<Json>(std::move(request))),
      page_size_(page_size > 0 ? page_size : largest_page(operation)) {}

Pages::~Pages() = default;

Json Pages::ask(std::int64_t limit) {
  if (limit != kNoBound) (*request_)["Limit"] = limit;
  return session_.call(operation_.name, *request_);
}

Json Pages::next(std::int64_t most) {
  Json page = ask(page_size_ == kNoBound ? kNoBound : std::min(most, page_size_));
  if (item_count(page) > most) page = ask(most);  // only the operation knows how long its pages are
  more_ = page.value("Truncated", false) && page.contains("NextMarker");
  if (more_) marker_ = page["NextMarker"].get<std::string>();
  (*request_)["Marker"] = marker_;
  page.erase("Truncated");
  page.erase("NextMarker");
  return page;
}

void append_page(Json& whole, Json page) {
  for (auto& [name, value] : page.items()) {
    if (value.is_array() && whole.contains(name)) {
      for (Json& item : value) whole[name].push_back(std::move(item));
    } else {
      whole[name] = std::move(value);
    }
  }
}

Json call_list(Session& session, const OperationInfo& operation, Json request, const PageOptions& options,
               Direction direction) {
  const bool one_page = asks_for_one_page(request, options);
  if (!options.starting_token.empty()) request["Marker"] = options.starting_token;
  if (one_page) return session.call(operation.name, std::move(request));
  Pages pages(session, operation, std::move(request), options.page_size);
  std::vector<Json> got;
  std::int64_t left = options.max_items > 0 ? options.max_items : kNoBound;
  for (; pages.more() && left > 0; left -= item_count(got.back())) got.push_back(pages.next(left));
  Json whole = join(std::move(got), direction);
  if (pages.more()) whole["NextToken"] = pages.marker();
  return whole;
}

void print_list(Session& session, const OperationInfo& operation, Json request, const PageOptions& options) {
  const bool each_page = prints_each_page(session.options());
  if ((options.max_items > 0 && !each_page) || asks_for_one_page(request, options)) {
    Json answer = call_list(session, operation, std::move(request), options);
    return print_answer_of(session, operation, std::move(answer));
  }
  if (!options.starting_token.empty()) request["Marker"] = options.starting_token;
  // Where pages are seen, they are those that aws asks for.
  const std::int64_t page_size = options.page_size == 0 && each_page ? kNoBound : options.page_size;
  Pages pages(session, operation, std::move(request), page_size);
  print_pages(session, pages, options.max_items);
}

void print_pages(Session& session, Pages& pages, std::int64_t max_items) {
  ListPrinter printer(session.out(), session.options(), pages.operation());
  Json kept = Json::object();
  std::int64_t shown = 0;
  while (pages.more() && (max_items == 0 || shown < max_items)) {
    Json page = pages.next(max_items == 0 ? kNoBound : max_items - shown);
    shown += item_count(page);
    if (prints_markers(session.options())) {
      page["Truncated"] = pages.more();
      if (pages.more()) page["NextMarker"] = pages.marker();
    }
    if (!printer.print(page)) append_page(kept, std::move(page));
  }
  printer.end(std::move(kept), pages.more() ? pages.marker() : std::string());
}

}  // namespace kms::cli
