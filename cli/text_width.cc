#include "cli/text_width.h"

#include <clocale>
#include <cwchar>

#include "core/base/text.h"

namespace kms::cli {
namespace {

constexpr std::string_view kEllipsis = "…";

bool is_ascii(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) > 0x7f) return false;
  }
  return true;
}

// The locale that knows Unicode, for this thread, while it lives: the program itself runs in that of C. Where the
// system has none, each character takes one column.
class UnicodeLocale {
 public:
  UnicodeLocale() {
    static const locale_t unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    if (unicode != nullptr) before_ = uselocale(unicode);
  }
  ~UnicodeLocale() {
    if (before_ != nullptr) uselocale(before_);
  }
  UnicodeLocale(const UnicodeLocale&) = delete;
  UnicodeLocale& operator=(const UnicodeLocale&) = delete;
  UnicodeLocale(UnicodeLocale&&) = delete;
  UnicodeLocale& operator=(UnicodeLocale&&) = delete;

  std::size_t width_of(std::string_view character) const {
    wchar_t code = 0;
    std::mbstate_t state{};
    const std::size_t read = before_ == nullptr ? 0 : std::mbrtowc(&code, character.data(), character.size(), &state);
    const int width = read == character.size() ? wcwidth(code) : 1;
    return width < 0 ? 1 : static_cast<std::size_t>(width);
  }

 private:
  locale_t before_ = nullptr;
};

// The characters of a text, one after the other, each with its width; a byte that is none is one.
template <class Visit>
void each_character(std::string_view text, const Visit& visit) {
  const UnicodeLocale locale;
  while (!text.empty()) {
    const std::size_t size = utf8_size(text);
    const std::string_view character = text.substr(0, size == 0 ? 1 : size);
    if (!visit(character, locale.width_of(character))) return;
    text.remove_prefix(character.size());
  }
}

}  // namespace

std::size_t text_width(std::string_view text) {
  if (is_ascii(text)) return text.size();
  std::size_t sum = 0;
  each_character(text, [&](std::string_view /*character*/, std::size_t width) {
    sum += width;
    return true;
  });
  return sum;
}

std::string cut_to(std::string_view text, std::size_t width) {
  if (text_width(text) <= width) return std::string(text);
  std::string out;
  std::size_t used = 1;  // the ellipsis
  each_character(text, [&](std::string_view character, std::size_t wide) {
    used += wide;
    if (used > width) return false;
    out += character;
    return true;
  });
  return out += kEllipsis;
}

}  // namespace kms::cli
