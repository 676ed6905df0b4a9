#include "core/base/terminal_text.h"

#include <algorithm>
#include <array>

#include "core/base/text.h"

namespace kms {
namespace {

std::uint32_t code_point(std::string_view character) {
  constexpr std::array<unsigned, 5> kLeadBits = {0, 0x7f, 0x1f, 0x0f, 0x07};
  std::uint32_t code = static_cast<unsigned char>(character.front()) & kLeadBits.at(character.size());
  for (const char c : character.substr(1)) code = (code << 6U) | (static_cast<unsigned char>(c) & 0x3fU);
  return code;
}

bool is_bidi_control(std::uint32_t code) {
  return code == 0x061c || code == 0x200e || code == 0x200f || (code >= 0x202a && code <= 0x202e) ||
         (code >= 0x2066 && code <= 0x2069);
}

bool is_control(std::uint32_t code) {
  const bool is_line_separator = code == 0x2028 || code == 0x2029;
  return code < 0x20 || (code >= 0x7f && code <= 0x9f) || is_line_separator || is_bidi_control(code);
}

void append_hex(std::string& out, std::uint32_t number, unsigned digits) {
  for (unsigned i = digits; i > 0; --i) out += "0123456789abcdef"[(number >> (4 * (i - 1))) & 0xfU];
}

void append_escape(std::string& out, std::uint32_t code) {
  switch (code) {
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u";
      append_hex(out, code, 4);
  }
}

// How much of the end of `text` may be the begin of something longer: a character, or CR LF.
std::size_t unfinished(std::string_view text) {
  if (text.ends_with('\r')) return 1;
  for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size()); ++back) {
    const auto byte = static_cast<unsigned char>(text[text.size() - back]);
    if ((byte & 0xc0U) == 0x80U) continue;
    const std::size_t wanted = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 ? 2 : 1;
    return wanted > back ? back : 0;
  }
  return 0;
}

}  // namespace

std::string escape_controls(std::string_view text, LineEnds ends) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto* const special =
        std::find_if(text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; });  // or no ASCII
    out.append(text.begin(), special);
    text.remove_prefix(static_cast<std::size_t>(special - text.begin()));
    if (text.empty()) break;
    const std::size_t size = utf8_size(text);
    if (size == 0) {
      out += "\\x";
      append_hex(out, static_cast<unsigned char>(text.front()), 2);
      text.remove_prefix(1);
      continue;
    }
    const std::string_view character = text.substr(0, size);
    const std::uint32_t code = code_point(character);
    const bool is_layout = code == '\n' || code == '\t' || text.starts_with("\r\n");
    if (!is_control(code) || (is_layout && ends == LineEnds::kKept)) {
      out += character;
    } else {
      append_escape(out, code);
    }
    text.remove_prefix(size);
  }
  return out;
}

std::string escape_separators(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (c == '\n' || c == '\r' || c == '\t') {
      append_escape(out, static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out;
}

bool is_displayable(std::string_view text) {
  return escape_controls(text, LineEnds::kKept) == text;
}

std::string ControlEscaper::next(std::string_view piece) {
  pending_ += piece;
  const std::size_t kept = unfinished(pending_);
  std::string out = escape_controls(std::string_view(pending_).substr(0, pending_.size() - kept), LineEnds::kKept);
  pending_.erase(0, pending_.size() - kept);
  return out;
}

std::string ControlEscaper::finish() {
  std::string out = escape_controls(pending_, LineEnds::kKept);
  pending_.clear();
  return out;
}

}  // namespace kms
