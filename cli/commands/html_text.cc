#include "cli/commands/html_text.h"

#include <stdexcept>

#include "core/base/terminal_text.h"
#include "core/base/text.h"

namespace kms::cli {
namespace {

// U+FFFE and U+FFFF are characters that XML has not.
bool is_no_character(std::string_view rest) {
  return rest.starts_with("\xEF\xBF\xBE") || rest.starts_with("\xEF\xBF\xBF");
}

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

}  // namespace

std::string html_escaped(std::string_view text) {
  const std::string shown = escape_controls(text, LineEnds::kEscaped);
  std::string out;
  out.reserve(shown.size());
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const char c = shown[i];
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\'') {
      out += "&#39;";
    } else if (is_no_character(std::string_view(shown).substr(i))) {
      out += kReplacement;
      i += kReplacement.size() - 1;
    } else {
      out += c;
    }
  }
  return out;
}

Html::Html() : out_("<!DOCTYPE html>\n") {}

void Html::begin_tag(std::string_view name, Attributes attributes) {
  out_ += cat("<", name);
  for (const auto& [attribute, value] : attributes) out_ += cat(" ", attribute, "=\"", html_escaped(value), "\"");
}

void Html::open(std::string_view name, Attributes attributes) {
  begin_tag(name, attributes);
  out_ += ">";
  open_.emplace_back(name);
}

void Html::close() {
  out_ += cat("</", open_.back(), ">");
  // Lines for whoever reads the source; inside of a paragraph a space would show.
  constexpr std::string_view kInline = " span code b title ";
  if (kInline.find(cat(" ", open_.back(), " ")) == std::string_view::npos) out_ += "\n";
  open_.pop_back();
}

void Html::empty(std::string_view name, Attributes attributes) {
  begin_tag(name, attributes);
  out_ += "/>\n";
}

void Html::text(std::string_view text) {
  out_ += html_escaped(text);
}

void Html::lines(std::string_view text) {
  std::string_view separator;
  for (const std::string_view line : split(text, '\n')) {
    out_ += cat(separator, html_escaped(line));
    separator = "\n";
  }
}

void Html::element(std::string_view name, std::string_view text, Attributes attributes) {
  open(name, attributes);
  this->text(text);
  close();
}

std::string Html::take() {
  if (!open_.empty()) throw std::logic_error(cat("the element ", open_.back(), " is open"));
  return std::move(out_);
}

}  // namespace kms::cli
