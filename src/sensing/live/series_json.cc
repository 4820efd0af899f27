// The JSON texts of charts: what history gives, with the reasons of flagged values.
#include <algorithm>
#include <optional>

#include "sensing/live/api_json.h"
#include "sensing/live/export.h"
#include "sensing/quality/quality.h"
#include "sensing/rules.h"

namespace madang::sensing {
namespace {

/// The sentences of all flagged values, each once, numbered from 0.
class Reasons {
 public:
  Reasons(runtime::Messages const* messages, std::string_view channel) : messages_(messages), channel_(channel) {}

  /// Its number; none where nothing is to be said.
  std::optional<std::size_t> number_of(SeriesPoint const& p) {
    if (messages_ == nullptr || p.quality.rule_version == 0 || counts(p.flag)) return std::nullopt;
    city::Name sentence;
    for (auto const& language : messages_->languages())
      sentence.by_language.insert_or_assign(language, quality_sentence(*messages_, language, channel_, p.value, p.quality));
    auto const known = std::ranges::find(sentences_, sentence);
    if (known != sentences_.end()) return static_cast<std::size_t>(known - sentences_.begin());
    sentences_.push_back(sentence);
    return sentences_.size() - 1;
  }

  void write(JsonWriter& w) const {
    w.key("reasons").begin_array();
    for (auto const& sentence : sentences_) write_name(w, sentence);
    w.end_array();
  }

 private:
  runtime::Messages const* messages_;
  std::string_view channel_;
  std::vector<city::Name> sentences_;
};

/// [[place of the point, when its interval ends], ...]; most series have none.
void write_ends(JsonWriter& w, std::vector<SeriesPoint> const& points) {
  w.key("ends").begin_array();
  for (std::size_t i = 0; i < points.size(); ++i)
    if (points[i].end) w.begin_array().value(i).value(millis_of(*points[i].end)).end_array();
  w.end_array();
}

void open_point(JsonWriter& w, SeriesPoint const& p, int decimals) {
  w.begin_array().value(millis_of(p.time));
  if (p.flag == QualityFlag::kMissing) {
    w.null().null().null();
    return;
  }
  w.value(rounded(p.value, decimals));
  w.value(rounded(p.min, decimals)).value(rounded(p.max, decimals));
}

}  // namespace

std::string series_json(SeriesAnswer const& answer, About const& about, runtime::Messages const* messages) {
  JsonWriter w;
  Reasons reasons(messages, answer.channel);
  w.begin_object().field("datastream", answer.datastream.value()).field("unit", answer.unit);
  w.field("step_ms", std::int64_t{answer.step.count()}).key("points").begin_array();
  for (auto const& p : answer.points) {
    open_point(w, p, answer.decimals);
    w.value(static_cast<int>(p.flag));
    if (auto const number = reasons.number_of(p)) w.value(*number);
    w.end_array();
  }
  w.end_array();
  write_ends(w, answer.points);
  reasons.write(w);
  write_about(w, about);
  w.end_object();
  return w.take();
}

std::string calendar_series_json(CalendarSeries const& answer, About const& about) {
  JsonWriter w;
  w.begin_object().field("datastream", answer.datastream.value()).field("unit", answer.unit);
  w.field("by", name_of(answer.by)).field("zone", about.zone).key("points").begin_array();
  for (auto const& p : answer.points) {
    w.begin_array().value(millis_of(p.when.from)).value(millis_of(p.when.to)).value(rounded(p.mean, answer.decimals));
    w.value(rounded(p.min, answer.decimals)).value(rounded(p.max, answer.decimals));
    w.value(std::int64_t(p.count)).value(std::int64_t(p.good)).end_array();
  }
  w.end_array();
  write_about(w, about);
  w.end_object();
  return w.take();
}

std::string medians_json(MediansAnswer const& answer, About const& about) {
  JsonWriter w;
  w.begin_object().field("property", answer.property).field("unit", answer.unit);
  w.field("step_ms", std::int64_t{answer.step.count()});
  w.key("points").begin_array();
  for (auto const& p : answer.points) {
    open_point(w, p, answer.decimals);
    w.end_array();
  }
  w.end_array();
  write_about(w, about);
  w.end_object();
  return w.take();
}

}  // namespace madang::sensing
