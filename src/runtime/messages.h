// Everything a citizen or operator reads: one ICU MessageFormat catalogue per language (locales/*.json), the
// same files that the control room uses. A missing key shows as the key itself and is logged once; a test
// finds missing and unused keys.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/error.h"
#include "core/time.h"
#include "runtime/embedded.h"

namespace madang::runtime {

/// Thread-safe after load.
class Messages {
 public:
  using Value = std::variant<std::string, std::int64_t, double, Instant>;
  using Arguments = std::vector<std::pair<std::string_view, Value>>;

  /// From files named "en.json", "ko.json", ...: flat objects of key to message. `zone` is the city's IANA zone,
  /// in which {x, date} and {x, time} print. kInvalid names file and key of a message that ICU cannot read.
  static Result<Messages> load(std::span<EmbeddedFile const> files, std::string_view zone);
  ~Messages();
  Messages(Messages&&) noexcept;
  Messages& operator=(Messages&&) noexcept;

  /// Falls back to English, then to the key.
  [[nodiscard]] std::string text(std::string_view language, std::string_view key, Arguments const& arguments = {}) const;
  [[nodiscard]] std::vector<std::string> const& languages() const;
  /// The best of ours for an Accept-Language header; "en" when nothing fits.
  [[nodiscard]] std::string_view choose(std::string_view accept_language) const;

 private:
  struct Catalogue;
  Messages();
  std::unique_ptr<Catalogue> catalogue_;
};

/// kInvalid: not the name of a zone that ICU knows ("Asia/Seoul"). ICU itself would silently take Greenwich.
Result<void> check_time_zone(std::string const& zone);

}  // namespace madang::runtime
