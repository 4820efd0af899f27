#include "situations/picture/picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

#include "situations/phrases.h"
#include "situations/limits.h"
#include "situations/picture/areas.h"
#include "situations/picture/labels.h"
#include "situations/xml_text.h"

namespace madang::situations {
namespace {

using web::markup::element;
using web::markup::Html;
using web::markup::number_text;
using web::markup::Point;

constexpr PictureSize kMap{kPictureWidth, 300};
constexpr double kMargin = 40;       ///< around what must be seen, so that values find room
constexpr double kMetresMin = 800;   ///< a single place still needs its streets around
constexpr double kMark = 6.5;        ///< half of a mark
constexpr double kSameSpot = 5;      ///< nearer marks are drawn as one
constexpr double kSmall = 12;
constexpr double kValue = 13;
constexpr double kLine = 19;
constexpr double kEdge = 10;
constexpr std::size_t kNamesMax = 30;
constexpr double kNamedSize = 0.012 * kMap.width * kMap.height;  ///< a smaller part of an Area needs no name

/// Streams that stand where one mark has room; the most important first.
struct Spot {
  Point at;
  std::vector<Shown> streams;
};

bool is_placed(EvidenceStream const& stream) { return stream.place && is_on_earth(*stream.place); }

/// Longitudes are counted from there, so that nothing breaks at the date line.
double first_longitude(city::Area const& area) {
  auto const& shape = area.shape;
  return shape.empty() || shape.front().empty() || shape.front().front().empty() ? 0 : shape.front().front().front().longitude;
}

void see_corners(GeoBox const& box, std::vector<LatLon>& seen) {
  if (!std::isfinite(box.south)) return;
  seen.push_back({box.south, box.west});
  seen.push_back({box.north, box.east});
}

/// What the picture must hold.
std::vector<LatLon> places_to_see(Situation const& s, std::vector<city::AreaPtr> const& areas, EvidenceMoment const& moment) {
  auto const& signal = s.signal;
  std::vector<LatLon> seen;
  auto const see = [&](city::Area const& area) {
    see_corners(box_of(area.shape, seen.empty() ? first_longitude(area) : seen.front().longitude), seen);
  };
  if (signal.place && is_on_earth(*signal.place)) seen.push_back(*signal.place);
  if (!seen.empty() && has_circle(signal)) std::ranges::copy(around(*signal.place, signal.radius), std::back_inserter(seen));
  if (!has_circle(signal))
    for (auto const& area : areas)
      if (area->id == signal.area) see(*area);
  for (auto const& shown : moment.streams)
    if (is_placed(*shown.stream)) seen.push_back(*shown.stream->place);
  if (seen.empty())
    for (auto const& area : areas) see(*area);
  return seen;
}

std::vector<Spot> spots_of(EvidenceMoment const& moment, MapFrame const& frame) {
  auto streams = moment.streams;
  std::erase_if(streams, [](Shown const& shown) { return !is_placed(*shown.stream); });
  std::ranges::stable_sort(streams, [](Shown const& a, Shown const& b) {
    auto const rank = [](Shown const& shown) { return std::tuple{role_of(*shown.stream), !shown.leading, -shown.excess()}; };
    return rank(a) < rank(b);
  });
  std::vector<Spot> spots;
  for (auto const& shown : streams) {
    auto const at = frame.at(*shown.stream->place);
    auto const same = std::ranges::find_if(
        spots, [&](Spot const& spot) { return std::hypot(spot.at.x - at.x, spot.at.y - at.y) < kSameSpot; });
    if (same != spots.end())
      same->streams.push_back(shown);
    else if (spots.size() < kPictureMarksMax)
      spots.push_back({at, {shown}});
  }
  return spots;
}

std::string coordinate(double value) { return number_text(value); }

Html label_at(Point at, std::string_view classes, std::string_view text) {
  return element("text", {{"x", coordinate(at.x)}, {"y", coordinate(at.y)}, {"class", classes}}, xml_writable(text));
}

/// Each role has a shape of its own; open where nothing trustworthy was said.
Html mark_of(Role role, bool open, Point at) {
  std::string const suffix = open ? " open" : "";
  auto const x = [&](double by) { return coordinate(at.x + by); };
  auto const y = [&](double by) { return coordinate(at.y + by); };
  if (role == Role::kCause)
    return element("circle", {{"cx", x(0)}, {"cy", y(0)}, {"r", coordinate(kMark)}, {"class", "cause" + suffix}});
  if (role == Role::kNeighbour)
    return element("rect", {{"x", x(-5)}, {"y", y(-5)}, {"width", 10}, {"height", 10}, {"class", "neighbour" + suffix}});
  auto const path = fmt::format("M{} {}L{} {}L{} {}Z", x(0), y(-6), x(6), y(5), x(-6), y(5));
  return element("path", {{"d", path}, {"class", "other" + suffix}});
}

bool is_open_mark(Shown const& shown) { return shown.value == nullptr || shown.is_doubtful(); }

class Picture {
 public:
  Picture(Situation const& s, PictureContext const& context, PictureWish wish)
      : s_(s),
        context_(context),
        voice_(context.voice),
        wish_(wish),
        areas_(context.city.areas()),
        moment_(wish.audience == Audience::kOperators ? worst_moment(s.signal.evidence, s.signal.since) : EvidenceMoment{}),
        seen_(places_to_see(s, areas_, moment_)),
        frame_(seen_, kMap, kMargin, kMetresMin) {}

  std::string svg() {
    draw_areas();
    draw_reach();
    draw_furniture();
    draw_spots();
    draw_names();
    caption();
    double const height = caption_top_ + kEdge;
    auto const clip = element("clipPath", {{"id", "map"}}, map_rect("paper"));
    auto const map = element("g", {{"clip-path", "url(#map)"}}, map_rect("paper"), ground_, marks_, texts_);
    auto const sheet = element("rect", {{"width", kPictureWidth}, {"height", coordinate(height)}, {"class", "sheet"}});
    auto const title = element("title", {{"id", "title"}}, xml_writable(headline_text(s_.signal, {voice_.messages, voice_.language})));
    auto const words = element("desc", {{"id", "words"}}, xml_writable(picture_words(s_, context_, wish_.audience)));
    auto const style = element("style", {}, Html::trusted_markup(picture_style(wish_.theme, s_.signal.severity)));
    auto const document = element(
        "svg",
        {{"xmlns", "http://www.w3.org/2000/svg"}, {"viewBox", fmt::format("0 0 {} {}", kPictureWidth, coordinate(height))},
         {"width", kPictureWidth}, {"height", coordinate(height)}, {"xml:lang", voice_.language}, {"role", "img"},
         {"aria-labelledby", "title words"}},
        title, words, style, element("defs", {}, clip), sheet, map, map_rect("edge"), caption_);
    return document.markup() + "\n";
  }

 private:
  static Html map_rect(std::string_view classes) {
    return element("rect", {{"width", coordinate(kMap.width)}, {"height", coordinate(kMap.height)}, {"class", classes}});
  }

  void draw_areas() {
    outlines_ = areas_in(areas_, frame_);
    for (auto const& outline : outlines_) {
      bool const coarse = outline.area->level == outlines_.front().area->level;
      ground_ += element("path", {{"d", outline.path}, {"class", coarse ? "land" : "line"}});
    }
  }

  void draw_reach() {
    auto const& signal = s_.signal;
    if (!has_circle(signal)) {
      for (auto const& area : areas_)
        if (area->id == signal.area) {
          auto const outline = outline_in(area, frame_, kPicturePlacesMax / 4);
          if (!outline.path.empty()) ground_ += element("path", {{"d", outline.path}, {"class", "reach"}});
        }
    }
    if (!signal.place || !is_on_earth(*signal.place)) return;
    auto const at = frame_.at(*signal.place);
    if (has_circle(signal)) {
      auto const radius = signal.radius / frame_.metres_per_pixel();
      ground_ += element("circle", {{"cx", coordinate(at.x)},
                                    {"cy", coordinate(at.y)},
                                    {"r", coordinate(radius)},
                                    {"class", "reach dashed"}});
    }
    if (wish_.audience == Audience::kPublic) {
      marks_ += severity_mark(at, 1.2);
      room_.reserve(square_around(at, 12));
      return;
    }
    // Small, because a stream often stands at the same place.
    auto const cross = fmt::format("M{} {}h12m-6 -6v12", coordinate(at.x - 6), coordinate(at.y));
    marks_ += element("path", {{"d", cross}, {"class", "ruler"}});
    room_.reserve(square_around(at, 6));
  }

  [[nodiscard]] Html severity_mark(Point at, double scale) const {
    auto const move = fmt::format("translate({} {}) scale({})", coordinate(at.x - 10 * scale), coordinate(at.y - 10 * scale), scale);
    return element("path", {{"d", severity_shape(s_.signal.severity)}, {"transform", move}, {"class", "reach solid"}});
  }

  /// Scale, north, and that nothing of it is real.
  void draw_furniture() {
    auto const bar = scale_bar(110 * frame_.metres_per_pixel());
    double const length = bar.metres / frame_.metres_per_pixel();
    double const y = kMap.height - kEdge;
    texts_ += element("path", {{"d", fmt::format("M{0} {1}v5h{2}v-5", kEdge, coordinate(y - 5), coordinate(length))}, {"class", "ruler"}});
    texts_ += label_at({kEdge + 4, y - 5}, "text over", bar.text);
    room_.reserve({0, y - 20, kEdge + std::max(length, 4 + text_width(bar.text, kSmall)) + 4, kMap.height});
    double const x = kMap.width - 20;
    texts_ += element("path", {{"d", fmt::format("M{0} 12l6 16l-6 -4l-6 4z", coordinate(x))}, {"class", "text"}});
    texts_ += label_at({x, 41}, "text over middle", "N");
    room_.reserve({x - 12, 0, kMap.width, 46});
    if (!s_.signal.simulated) return;
    auto const tag = voice_.say(wish_.audience == Audience::kPublic ? "alerts.simulated_title" : "simulated.short");
    double const wide = text_width(tag, kSmall) + 2 * kEdge;
    texts_ += element("rect", {{"width", coordinate(wide)}, {"height", 22}, {"class", "tag"}});
    texts_ += label_at({wide / 2, 15}, "tagged middle", tag);
    room_.reserve({0, 0, wide, 24});
  }

  void draw_spots() {
    spots_ = spots_of(moment_, frame_);
    auto among_causes = room_;
    // The first are the most important: drawn last, they lie on top.
    for (auto spot = spots_.rbegin(); spot != spots_.rend(); ++spot) {
      auto const& first = spot->streams.front();
      auto const role = role_of(*first.stream);
      marks_ += mark_of(role, is_open_mark(first), spot->at);
      room_.reserve(square_around(spot->at, kMark));
      if (role == Role::kCause) among_causes.reserve(square_around(spot->at, kMark));
    }
    for (auto const& spot : spots_) label(spot, among_causes);
  }

  /// What the cause measured is worth covering a neighbour's mark for, where there is no other room.
  void label(Spot const& spot, LabelRoom& among_causes) {
    auto const text = spot_text(spot);
    if (text.empty()) return;
    auto const width = text_width(text, kValue);
    auto const height = kValue + 3;
    std::optional<Point> middle;
    if (labels_ < kPictureLabelsMax) middle = room_.beside(spot.at, kMark, width, height);
    if (!middle && labels_ < kPictureLabelsMax && role_of(*spot.streams.front().stream) == Role::kCause) {
      middle = among_causes.beside(spot.at, kMark, width, height);
      if (middle) room_.reserve(rect_around(*middle, width, height));
    } else if (middle) {
      among_causes.reserve(rect_around(*middle, width, height));
    }
    if (!middle) {
      ++unlabelled_;
      return;
    }
    ++labels_;
    texts_ += label_at({middle->x, middle->y + 4.5}, "text value over middle", text);
  }

  /// Numbers of one quantity only: of two, nobody could tell which is which.
  [[nodiscard]] std::string spot_text(Spot const& spot) const {
    auto const has_number = [](Shown const& shown) { return shown.leading && shown.value != nullptr; };
    auto const first = std::ranges::find_if(spot.streams, has_number);
    if (first == spot.streams.end()) return {};
    auto const more = std::ranges::count_if(spot.streams, has_number) - 1;
    return value_text(*first, voice_) + (more > 0 ? fmt::format(" +{}", more) : "");
  }

  /// Of the finest level, unless these are too many.
  void draw_names() {
    if (outlines_.empty()) return;
    auto const finest = outlines_.back().area->level;
    bool const many = std::ranges::count(outlines_, finest, [](AreaOutline const& o) { return o.area->level; }) >
                      static_cast<std::ptrdiff_t>(kNamesMax);
    auto const level = many ? outlines_.front().area->level : finest;
    for (auto const& outline : outlines_) {
      if (outline.area->level != level || outline.size < kNamedSize) continue;
      auto const& name = outline.area->name.in(voice_.language);
      if (auto const middle = room_.over(outline.middle, text_width(name, kSmall), kSmall + 3))
        texts_ += label_at({middle->x, middle->y + 4}, "quiet over middle", name);
    }
  }

  void caption() {
    caption_top_ = kMap.height + 6;
    wish_.audience == Audience::kPublic ? public_caption() : evidence_caption();
  }

  /// A mark with its words; as many in a line as have room.
  void key(Html const& mark, std::string const& text) {
    double const wide = 24 + text_width(text, kSmall) + 14;
    if (key_left_ == 0 || key_left_ + wide > kMap.width) {
      caption_top_ += kLine;
      key_left_ = kEdge;
    }
    auto const move = fmt::format("translate({} {})", coordinate(key_left_ + 8), coordinate(caption_top_ - 4));
    caption_ += element("g", {{"transform", move}}, mark);
    caption_ += label_at({key_left_ + 22, caption_top_}, "text", text);
    key_left_ += wide;
  }

  void line(std::string const& text, std::string_view classes = "text") {
    key_left_ = 0;
    for (auto const& part : wrapped(text, kSmall, kMap.width - 2 * kEdge)) {
      if (++lines_ > kPictureLinesMax) return;
      caption_top_ += kLine;
      caption_ += label_at({kEdge, caption_top_}, classes, part);
    }
  }

  void severity_keys() {
    key(severity_mark({}, 0.8), voice_.say(severity_key(s_.signal.severity)));
    if (has_circle(s_.signal))
      key(element("circle", {{"r", "7"}, {"class", "reach dashed"}}), reach_text(s_.signal.radius, voice_));
  }

  void since_line() { line(voice_.say("picture.since", {{"time", s_.signal.since}})); }

  void place_line() {
    if (seen_.empty()) line(voice_.say("picture.nowhere"), "quiet");
  }

  void public_caption() {
    severity_keys();
    since_line();
    place_line();
  }

  void evidence_caption() {
    severity_keys();
    constexpr std::array kKeys{std::pair{Role::kCause, "situation.role_cause"}, std::pair{Role::kNeighbour, "situation.role_neighbour"},
                               std::pair{Role::kOther, "picture.other"}};
    for (auto const& [role, words] : kKeys)
      if (std::ranges::any_of(spots_, [&](Spot const& spot) { return role_of(*spot.streams.front().stream) == role; }))
        key(mark_of(role, false, {}), voice_.say(words));
    auto const open = std::ranges::find_if(spots_, [](Spot const& spot) { return is_open_mark(spot.streams.front()); });
    if (open != spots_.end()) key(mark_of(role_of(*open->streams.front().stream), true, {}), voice_.say("picture.open"));
    if (moment_.at)
      moment_lines();
    else
      since_line();
    place_line();
  }

  /// How a number is read, what the city had then, when it was, and what is not in the map.
  void moment_lines() {
    auto const& worst = moment_.worst;
    auto const example = value_text(worst, voice_);
    auto const unit = unit_text(worst.stream->unit, voice_);
    if (!is_of_the_city(*worst.stream))
      line(voice_.say(worst.has_expected() ? "picture.reading_usual" : "picture.reading", 
                     {{"example", example}, {"quantity", quantity_text(*worst.stream, context_)}, {"unit", unit}}));
    if (moment_.city)
      line(voice_.say("picture.city", {{"value", measured_text(*moment_.city, voice_)}, {"unit", unit}}));
    line(voice_.say("picture.moment", {{"time", *moment_.at}}));
    auto const unplaced = std::ranges::count_if(moment_.streams, [](Shown const& shown) { return !is_placed(*shown.stream); });
    auto const others = std::ranges::count_if(spots_, [](Spot const& spot) {
      return std::ranges::none_of(spot.streams, &Shown::leading);
    });
    if (others > 0) line(voice_.say("picture.quantities", {{"count", static_cast<std::int64_t>(others)}}), "quiet");
    if (unplaced > 0) line(voice_.say("picture.unplaced", {{"count", static_cast<std::int64_t>(unplaced)}}), "quiet");
    if (auto const left_out = stations_left_out(s_, moment_); left_out > 0) line(voice_.say("picture.left_out", {{"count", left_out}}), "quiet");
    if (unlabelled_ > 0) line(voice_.say("picture.unlabelled", {{"count", unlabelled_}}), "quiet");
  }

  Situation const& s_;
  PictureContext const& context_;
  web::Voice const& voice_;
  PictureWish wish_;
  std::vector<city::AreaPtr> areas_;
  EvidenceMoment moment_;
  std::vector<LatLon> seen_;
  MapFrame frame_;
  std::vector<AreaOutline> outlines_;
  std::vector<Spot> spots_;
  LabelRoom room_{{2, 2, kMap.width - 2, kMap.height - 2}};
  Html ground_, marks_, texts_, caption_;
  double caption_top_ = 0;
  double key_left_ = 0;
  std::size_t lines_ = 0;
  std::size_t labels_ = 0;
  std::int64_t unlabelled_ = 0;
};

}  // namespace

bool has_public_picture(Situation const& s) { return s.signal.place || s.signal.area; }

std::string evidence_picture(Situation const& s, PictureContext const& context, PictureWish wish) {
  return Picture(s, context, wish).svg();
}

}  // namespace madang::situations
