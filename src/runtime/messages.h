// Everything a citizen or operator reads: ICU MessageFormat, one file per module and language
// (locales/MODULE/LANGUAGE.json), the same files that the control room uses. Which languages there are is what
// the files say. A key that no file holds shows as itself and is logged once; a test finds keys that nothing uses.
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

  /// From files named "sensing/en.json", "sensing/ko.json", ...: flat objects of key to message. `zone` is the city's
  /// IANA zone, in which {x, date} and {x, time} print. kInvalid names file and key: a message that ICU cannot read, a
  /// key that stands in two modules, a key that a language lacks.
  static Result<Messages> load(std::span<EmbeddedFile const> files, std::string_view zone);
  ~Messages();
  Messages(Messages&&) noexcept;
  Messages& operator=(Messages&&) noexcept;

  /// A language that there is none of reads English; a key that there is none of, the key.
  [[nodiscard]] std::string text(std::string_view language, std::string_view key, Arguments const& arguments = {}) const;
  /// Whether there is such a key, in any language and so in all.
  [[nodiscard]] bool knows(std::string_view key) const;
  /// Tags such as "en", in their order.
  [[nodiscard]] std::vector<std::string> const& languages() const;
  /// The best of ours for an Accept-Language header; "en" when nothing fits.
  [[nodiscard]] std::string_view choose(std::string_view accept_language) const;

 private:
  struct Catalogue;
  Messages();
  std::unique_ptr<Catalogue> catalogue_;
};

/// The files of one module: those below "MODULE/".
std::vector<EmbeddedFile> texts_of(std::span<EmbeddedFile const> files, std::string_view module);
/// The languages that files are in, in their order.
std::vector<std::string> languages_of(std::span<EmbeddedFile const> files);

/// What a language calls itself: "English", "한국어".
std::string own_name_of(std::string_view language);

/// kInvalid: not the name of a zone that ICU knows ("Asia/Seoul"). ICU itself would silently take Greenwich.
Result<void> check_time_zone(std::string const& zone);

}  // namespace madang::runtime
