#pragma once
// What somebody types key by key, where each key is answered at once: words that are completed, a return key.
#include <cstdint>

#include "core/base/secret_bytes.h"

namespace kms::cli {

class KeyReader {
 public:
  enum class Answer : std::uint8_t {
    kTaken,
    kRefused,  // the terminal rings its bell
    kDone
  };

  KeyReader() = default;
  virtual ~KeyReader() = default;
  KeyReader(const KeyReader&) = delete;
  KeyReader& operator=(const KeyReader&) = delete;
  KeyReader(KeyReader&&) = delete;
  KeyReader& operator=(KeyReader&&) = delete;

  // A byte as the terminal sends it; keys such as arrows send several. May throw Error, which ends the reading.
  virtual Answer key(std::uint8_t byte) = 0;
  // What stands on the line meanwhile: printable ASCII, less than 80 characters.
  virtual SecretBytes shown() const = 0;
};

}  // namespace kms::cli
