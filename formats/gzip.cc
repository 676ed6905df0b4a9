#include "formats/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "core/base/error.h"

namespace kms::formats {

struct GzipWriter::Stream {
  z_stream z{};
};

GzipWriter::GzipWriter(WriteFn write) : write_(std::move(write)), stream_(std::make_unique<Stream>()) {
  constexpr int kGzipWindow = 15 + 16;  // the largest window; 16 asks for gzip in place of zlib's own header
  constexpr int kUsualMemory = 8;
  if (deflateInit2(&stream_->z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, kUsualMemory, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    throw Error(ErrorCode::kInternal, "zlib cannot begin");
  }
}

GzipWriter::~GzipWriter() {
  deflateEnd(&stream_->z);
}

void GzipWriter::write(ByteView bytes) {
  while (!bytes.empty()) {
    const std::size_t size = std::min<std::size_t>(bytes.size(), std::numeric_limits<uInt>::max());
    stream_->z.next_in = const_cast<Bytef*>(bytes.data());  // NOLINT: zlib's interface; it only reads
    stream_->z.avail_in = static_cast<uInt>(size);
    deflate_all(Z_NO_FLUSH);
    bytes = bytes.subspan(size);
  }
}

void GzipWriter::finish() {
  deflate_all(Z_FINISH);
}

void GzipWriter::deflate_all(int flush) {
  constexpr std::size_t kPiece = std::size_t{32} * 1024;
  std::array<std::uint8_t, kPiece> out;
  do {
    stream_->z.next_out = out.data();
    stream_->z.avail_out = static_cast<uInt>(out.size());
    if (deflate(&stream_->z, flush) == Z_STREAM_ERROR) throw Error(ErrorCode::kInternal, "zlib has lost its state");
    write_(ByteView(out).first(out.size() - stream_->z.avail_out));
  } while (stream_->z.avail_out == 0);
}

std::string zlib_in_use() {
  return zlibVersion();
}

}  // namespace kms::formats
