#include "formats/armor.h"

#include <algorithm>
#include <memory>

#include "core/base/encoding.h"

namespace kms::formats {
namespace {

constexpr std::size_t kLineBytes = 57;  // 76 characters
constexpr std::size_t kChunk = 64 * 1024;

bool is_space(std::uint8_t c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

class ArmorDecoder {
 public:
  explicit ArmorDecoder(ReadFn read) : read_(std::move(read)) {}

  std::size_t operator()(MutableBytes out) {
    if (form_ == Form::kUnknown) detect();
    std::size_t done = 0;
    while (done < out.size()) {
      if (ready_.size() == used_) {
        if (form_ == Form::kBinary) return done + read_(out.subspan(done));
        if (!decode_more()) break;
      }
      const std::size_t count = std::min(out.size() - done, ready_.size() - used_);
      std::copy_n(ready_.begin() + static_cast<std::ptrdiff_t>(used_), count,
                  out.begin() + static_cast<std::ptrdiff_t>(done));
      used_ += count;
      done += count;
    }
    return done;
  }

 private:
  enum class Form : std::uint8_t { kUnknown, kBinary, kText };

  void detect() {
    Bytes first(1);
    first.resize(read_(first));
    form_ = first.empty() || first[0] != 'A' ? Form::kBinary : Form::kText;
    if (form_ == Form::kText) {
      text_.assign(1, 'A');
    } else {
      ready_ = std::move(first);
    }
  }

  bool decode_more() {
    while (!ended_) {
      Bytes chunk(kChunk);
      chunk.resize(read_(chunk));
      ended_ = chunk.size() < kChunk;
      for (const std::uint8_t c : chunk) {
        if (!is_space(c)) text_ += static_cast<char>(c);
      }
      // Padding may stand at the very end alone, so the last group waits for the end.
      const std::size_t whole = ended_ || text_.empty() ? text_.size() : (text_.size() - 1) / 4 * 4;
      if (whole == 0) continue;
      const auto decoded = decode_base64(std::string_view(text_).substr(0, whole));
      if (!decoded || (!ended_ && text_[whole - 1] == '=')) {
        throw Error(ErrorCode::kInvalidCiphertext, "the text is no valid base64");
      }
      text_.erase(0, whole);
      ready_ = *decoded;
      used_ = 0;
      return true;
    }
    return false;
  }

  ReadFn read_;
  Form form_ = Form::kUnknown;
  bool ended_ = false;
  std::string text_;
  Bytes ready_;
  std::size_t used_ = 0;
};

}  // namespace

void ArmorEncoder::write(ByteView piece) {
  pending_.insert(pending_.end(), piece.begin(), piece.end());
  const std::size_t whole = pending_.size() / kLineBytes * kLineBytes;
  encode(ByteView(pending_).first(whole));
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(whole));
}

void ArmorEncoder::finish() {
  encode(pending_);
  pending_.clear();
}

void ArmorEncoder::encode(ByteView bytes) {
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += kLineBytes) {
    text += encode_base64(bytes.subspan(at, std::min(kLineBytes, bytes.size() - at)));
    text += '\n';
  }
  if (!text.empty()) write_(as_bytes(text));
}

ReadFn detect_armor(ReadFn read) {
  // A std::function is copied; the decoder's place in the stream is not.
  const auto decoder = std::make_shared<ArmorDecoder>(std::move(read));
  return [decoder](MutableBytes out) { return (*decoder)(out); };
}

}  // namespace kms::formats
