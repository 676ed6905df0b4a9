#pragma once
// Compresses a stream as gzip (RFC 1952). The one place that knows zlib.
#include <memory>
#include <string>

#include "core/base/bytes.h"
#include "formats/stream.h"

namespace kms::formats {

// Not for more than one thread. No name and no time is written: the same bytes give the same file.
class GzipWriter {
 public:
  explicit GzipWriter(WriteFn write);
  ~GzipWriter();
  GzipWriter(const GzipWriter&) = delete;
  GzipWriter& operator=(const GzipWriter&) = delete;
  GzipWriter(GzipWriter&&) = delete;
  GzipWriter& operator=(GzipWriter&&) = delete;

  void write(ByteView bytes);
  void finish();  // once, after the last bytes: without it there is no whole file

 private:
  struct Stream;
  void deflate_all(int flush);
  WriteFn write_;
  std::unique_ptr<Stream> stream_;
};

std::string zlib_in_use();  // of the one in use: "1.2.13"

}  // namespace kms::formats
