#include "runtime/messages.h"

#include <fmt/format.h>
#include <simdjson.h>
#include <unicode/datefmt.h>
#include <unicode/locid.h>
#include <unicode/messagepattern.h>
#include <unicode/msgfmt.h>
#include <unicode/timezone.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <map>
#include <set>

#include "core/language.h"
#include "core/text.h"
#include "runtime/log.h"
#include "runtime/mutex.h"

namespace madang::runtime {
namespace {

icu::UnicodeString icu_text(std::string_view text) {
  return icu::UnicodeString::fromUTF8(icu::StringPiece{text.data(), static_cast<std::int32_t>(text.size())});
}

icu::Formattable icu_value(Messages::Value const& value) {
  if (auto const* text = std::get_if<std::string>(&value)) return {icu_text(*text)};
  if (auto const* integer = std::get_if<std::int64_t>(&value)) return {*integer};
  if (auto const* number = std::get_if<double>(&value)) return {*number};
  return {static_cast<UDate>(millis_of(std::get<Instant>(value))), icu::Formattable::kIsDate};
}

struct Message {
  std::string_view file;    ///< whose it is
  std::string text;         ///< as the file has it
  bool is_pattern = false;  ///< else it is said as it is
  std::size_t number = 0;   ///< among all of all languages
};

using Language = std::map<std::string, Message, std::less<>>;

/// "sensing/en.json"
struct FileName {
  std::string_view module;
  std::string language;
};
FileName parts_of(std::string_view file) {
  auto const slash = file.rfind('/');
  auto const name = file.substr(slash + 1);
  return {slash == std::string_view::npos ? "" : file.substr(0, slash), std::string{name.substr(0, name.find('.'))}};
}

Result<Message> read_message(std::string_view file, std::string_view key, std::string_view text) {
  Message message{.file = file, .text = std::string{text}};
  if (text.find_first_of("{'") == std::string_view::npos) return message;
  message.is_pattern = true;
  UErrorCode status = U_ZERO_ERROR;
  UParseError where{};
  icu::MessagePattern const pattern{icu_text(text), &where, status};
  if (U_FAILURE(status) != 0)
    return fail(Code::kInvalid, fmt::format("{}: message \"{}\": not ICU MessageFormat near character {}", file, key,
                                            where.offset + 1));
  return message;
}

/// nullptr: its grammar is right, and ICU knows no such kind of argument.
std::unique_ptr<icu::MessageFormat> formatter_of(Message const& message, icu::TimeZone const& zone) {
  UErrorCode status = U_ZERO_ERROR;
  UParseError where{};
  icu::Locale const locale{parts_of(message.file).language.c_str()};
  auto formatter = std::make_unique<icu::MessageFormat>(icu_text(message.text), locale, where, status);
  if (U_FAILURE(status) != 0) return nullptr;
  std::int32_t count = 0;
  auto const* formats = formatter->getFormats(count);
  for (std::int32_t i = 0; i < count; ++i)
    if (auto const* dated = dynamic_cast<icu::DateFormat const*>(formats[i]))
      const_cast<icu::DateFormat*>(dated)->setTimeZone(zone);
  return formatter;
}

Result<void> read_file(EmbeddedFile const& file, Language& language) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (auto const error = parser.parse(simdjson::padded_string{file.bytes}).get(object); error != simdjson::SUCCESS)
    return fail(Code::kInvalid, fmt::format("{}: {}", file.name, simdjson::error_message(error)));
  for (auto const [key, value] : object) {
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS)
      return fail(Code::kInvalid, fmt::format("{}: \"{}\" is not a text", file.name, key));
    MADANG_TRY(auto message, read_message(file.name, key, text));
    auto const [other, added] = language.emplace(key, std::move(message));
    if (!added) return fail(Code::kInvalid, fmt::format("{}: \"{}\" stands in {} already", file.name, key, other->second.file));
  }
  return {};
}

Result<void> check_every_language_says_it(std::map<std::string, Language, std::less<>> const& by_language) {
  for (auto const& [tag, language] : by_language)
    for (auto const& [key, message] : language)
      for (auto const& [other, words] : by_language)
        if (!words.contains(key))
          return fail(Code::kInvalid, fmt::format("{}/{}.json: \"{}\" is missing, which {} holds",
                                                  parts_of(message.file).module, other, key, message.file));
  return {};
}

}  // namespace

struct Messages::Catalogue {
  std::map<std::string, Language, std::less<>> by_language;
  std::vector<std::string> languages;
  std::unique_ptr<icu::TimeZone> zone;
  Mutex mutex;  ///< formatters keep state while they format
  /// By the messages' numbers. One is made when its message is first said: that costs more than all else, and most are never said by
  /// this process.
  std::vector<std::unique_ptr<icu::MessageFormat>> formatters MADANG_GUARDED_BY(mutex);
  std::set<std::string, std::less<>> reported MADANG_GUARDED_BY(mutex);

  void number_messages() {
    Lock const lock(mutex);
    for (auto& [tag, language] : by_language)
      for (auto& [key, message] : language) {
        message.number = formatters.size();
        formatters.emplace_back();
      }
  }
  Message const* find(std::string_view language, std::string_view key) {
    auto const found = by_language.find(language);
    if (found == by_language.end()) return nullptr;
    auto const message = found->second.find(key);
    return message == found->second.end() ? nullptr : &message->second;
  }
  void report(std::string_view event, std::string_view key) MADANG_REQUIRES(mutex) {
    if (reported.emplace(key).second) log_error("runtime", event, {{"key", key}});
  }
};

Messages::Messages() : catalogue_(std::make_unique<Catalogue>()) {}
Messages::~Messages() = default;
Messages::Messages(Messages&&) noexcept = default;
Messages& Messages::operator=(Messages&&) noexcept = default;

Result<void> check_time_zone(std::string const& zone) {
  std::unique_ptr<icu::TimeZone> const known{icu::TimeZone::createTimeZone(icu_text(zone))};
  if (*known != icu::TimeZone::getUnknown()) return {};
  return fail(Code::kInvalid, fmt::format("there is no time zone '{}'; IANA names look like Asia/Seoul", zone));
}

Result<Messages> Messages::load(std::span<EmbeddedFile const> files, std::string_view zone) {
  Messages messages;
  messages.catalogue_->zone.reset(icu::TimeZone::createTimeZone(icu_text(zone)));
  for (auto const& file : files) MADANG_CHECK(read_file(file, messages.catalogue_->by_language[parts_of(file.name).language]));
  MADANG_CHECK(check_every_language_says_it(messages.catalogue_->by_language));
  messages.catalogue_->number_messages();
  for (auto const& [tag, language] : messages.catalogue_->by_language) messages.catalogue_->languages.push_back(tag);
  return messages;
}

std::vector<EmbeddedFile> texts_of(std::span<EmbeddedFile const> files, std::string_view module) {
  std::vector<EmbeddedFile> found;
  std::ranges::copy_if(files, std::back_inserter(found), [module](auto const& file) { return parts_of(file.name).module == module; });
  return found;
}

std::vector<std::string> languages_of(std::span<EmbeddedFile const> files) {
  std::set<std::string> languages;
  for (auto const& file : files) languages.insert(parts_of(file.name).language);
  return {languages.begin(), languages.end()};
}

std::string own_name_of(std::string_view language) {
  icu::Locale const locale{std::string{language}.c_str()};
  icu::UnicodeString name;
  std::string utf8;
  return locale.getDisplayLanguage(locale, name).toUTF8String(utf8);
}

bool Messages::knows(std::string_view key) const { return catalogue_->find(kSourceLanguage, key) != nullptr; }

std::vector<std::string> const& Messages::languages() const { return catalogue_->languages; }

std::string Messages::text(std::string_view language, std::string_view key, Arguments const& arguments) const {
  auto const* message = catalogue_->find(language, key);
  if (message == nullptr) message = catalogue_->find(kSourceLanguage, key);
  if (message == nullptr) {
    Lock const lock(catalogue_->mutex);
    catalogue_->report("message_missing", key);
    return std::string{key};
  }
  if (!message->is_pattern) return message->text;
  std::vector<icu::UnicodeString> names;
  std::vector<icu::Formattable> values;
  for (auto const& [name, value] : arguments) {
    names.push_back(icu_text(name));
    values.push_back(icu_value(value));
  }
  icu::UnicodeString out;
  UErrorCode status = U_ZERO_ERROR;
  {
    Lock const lock(catalogue_->mutex);
    auto& formatter = catalogue_->formatters[message->number];
    if (!formatter) formatter = formatter_of(*message, *catalogue_->zone);
    if (!formatter) {
      catalogue_->report("message_unreadable", key);
      return message->text;
    }
    formatter->format(names.data(), values.data(), static_cast<std::int32_t>(names.size()), out, status);
  }
  std::string utf8;
  return out.toUTF8String(utf8);
}

std::string_view Messages::choose(std::string_view accept_language) const {
  std::string_view best = kSourceLanguage;
  double best_weight = 0;
  for (auto const part : split(accept_language.substr(0, 200), ',')) {
    auto const semicolon = part.find(';');
    auto const tag = trim(part.substr(0, semicolon));
    double weight = 1;
    if (auto const q = part.find("q="); q != std::string_view::npos) weight = parse_double(trim(part.substr(q + 2))).value_or(0);
    for (auto const& ours : catalogue_->languages) {
      if (weight > best_weight && (tag == ours || tag.starts_with(ours + "-"))) {
        best = ours;
        best_weight = weight;
      }
    }
  }
  return best;
}

}  // namespace madang::runtime
