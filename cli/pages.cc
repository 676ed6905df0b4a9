#include "cli/pages.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "cli/output.h"

namespace kms::cli {
namespace {

std::int64_t largest_page(const std::vector<Field>& fields) {
  const auto limit =
      std::find_if(fields.begin(), fields.end(), [](const Field& field) { return field.name == "Limit"; });
  return limit->rule.max;
}

}  // namespace

Pages::Pages(Session& session, std::string_view operation, const std::vector<Field>& fields, Json request,
             std::int64_t page_size)
    : session_(session),
      operation_(operation),
      request_(std::make_unique<Json>(std::move(request))),
      page_size_(page_size > 0 ? page_size : largest_page(fields)) {}

Pages::~Pages() = default;

Json Pages::next(std::int64_t most) {
  const std::int64_t limit = std::min(most, page_size_);
  if (limit != kNoBound) (*request_)["Limit"] = limit;
  Json page = session_.call(operation_, *request_);
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

void print_pages(Session& session, Pages& pages) {
  ListPrinter printer(session.out(), session.options());
  Json kept = Json::object();
  while (pages.more()) {
    Json page = pages.next();
    if (!printer.print(page)) append_page(kept, std::move(page));
  }
  printer.end(std::move(kept));
}

}  // namespace kms::cli
