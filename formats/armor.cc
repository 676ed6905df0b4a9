#include "formats/armor.h"

#include <algorithm>
#include <memory>

#include "core/base/encoding.h"

namespace kms::formats {
namespace {

constexpr std::size_t kLineBytes = 57;  // 76 characters
constexpr std::size_t kTextChunk = 64U << 10U;

void require_armor(bool condition) {
  if (!condition) throw Error(ErrorCode::kInvalidCiphertext, "the base64 text is damaged");
}

bool is_space(std::uint8_t c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

}  // namespace

void ArmorEncoder::write(ByteView bytes) {
  pending_.insert(pending_.end(), bytes.begin(), bytes.end());
  const ByteView whole = ByteView(pending_).first(pending_.size() / kLineBytes * kLineBytes);
  if (whole.empty()) return;
  std::string text;
  text.reserve(whole.size() / kLineBytes * 77);
  for (std::size_t i = 0; i < whole.size(); i += kLineBytes) {
    text += encode_base64(whole.subspan(i, kLineBytes));
    text += '\n';
  }
  write_(as_bytes(text));
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(whole.size()));
}

void ArmorEncoder::finish() {
  if (pending_.empty()) return;
  write_(as_bytes(encode_base64(pending_) + '\n'));
  pending_.clear();
}

std::size_t ArmorDecoder::read(MutableBytes out) {
  if (form_ == Form::kUnknown) detect();
  std::size_t filled = 0;
  while (filled < out.size()) {
    if (taken_ == ready_.size()) {
      if (ended_) break;
      if (form_ == Form::kBinary) return filled + read_(out.subspan(filled));
      refill();
    }
    const std::size_t count = std::min(out.size() - filled, ready_.size() - taken_);
    std::copy_n(ready_.begin() + static_cast<std::ptrdiff_t>(taken_), count,
                out.begin() + static_cast<std::ptrdiff_t>(filled));
    taken_ += count;
    filled += count;
  }
  return filled;
}

void ArmorDecoder::detect() {
  std::uint8_t first = 0;
  const std::size_t got = read_({&first, 1});
  const bool text = got == 1 && (first == 'A' || is_space(first));
  form_ = text ? Form::kText : Form::kBinary;
  if (text) take_text({&first, 1});
  if (!text) ready_.assign(got, first);
  ended_ = got == 0;
}

// The last four characters wait: only the last of all may end in padding.
void ArmorDecoder::refill() {
  Bytes text(kTextChunk);
  const std::size_t got = read_(text);
  ended_ = got < text.size();
  take_text(ByteView(text).first(got));
  const std::size_t whole = sextets_.size() / 4 * 4;
  const std::size_t usable = ended_ ? sextets_.size() : whole - std::min<std::size_t>(whole, 4);
  const std::string_view piece = std::string_view(sextets_).substr(0, usable);
  require_armor(ended_ || !piece.ends_with('='));
  ready_.resize(base64_decoded_size(piece));
  taken_ = 0;
  require_armor(decode_base64(piece, ready_));
  sextets_.erase(0, usable);
}

void ArmorDecoder::take_text(ByteView text) {
  for (const std::uint8_t c : text) {
    if (is_space(c)) {
      space_in_line_ = c != '\n';
      continue;
    }
    require_armor(!space_in_line_);
    sextets_ += static_cast<char>(c);
  }
}

ReadFn detect_armor(ReadFn read) {
  // A std::function may be copied; the decoder's place in the stream is not.
  const auto decoder = std::make_shared<ArmorDecoder>(std::move(read));
  return [decoder](MutableBytes out) { return decoder->read(out); };
}

}  // namespace kms::formats
