// The grammar of a CAP 1.2 message for tests, in RELAX NG: elements, order and number as the data dictionary of
// OASIS CAP-v1.2-os, section 3.2, gives them; DateTime and geometry as sections 3.2.1 and 3.2.4 describe them.
#pragma once

namespace madang::situations {

inline constexpr auto kCapGrammar = R"rng(<grammar xmlns="http://relaxng.org/ns/structure/1.0"
  ns="urn:oasis:names:tc:emergency:cap:1.2" datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
<start><element name="alert">
  <element name="identifier"><ref name="restricted"/></element>
  <element name="sender"><ref name="restricted"/></element>
  <element name="sent"><ref name="time"/></element>
  <element name="status"><choice><value>Actual</value><value>Exercise</value><value>System</value><value>Test</value>
    <value>Draft</value></choice></element>
  <element name="msgType"><choice><value>Alert</value><value>Update</value><value>Cancel</value><value>Ack</value>
    <value>Error</value></choice></element>
  <optional><element name="source"><text/></element></optional>
  <element name="scope"><choice><value>Public</value><value>Restricted</value><value>Private</value></choice></element>
  <optional><element name="restriction"><text/></element></optional>
  <optional><element name="addresses"><text/></element></optional>
  <zeroOrMore><element name="code"><text/></element></zeroOrMore>
  <optional><element name="note"><text/></element></optional>
  <optional><element name="references"><data type="string"><param name="pattern">[^ ,&lt;&amp;]+,[^ ,&lt;&amp;]+,[^ ,]+( [^ ,&lt;&amp;]+,[^ ,&lt;&amp;]+,[^ ,]+)*</param></data></element></optional>
  <optional><element name="incidents"><text/></element></optional>
  <zeroOrMore><ref name="info"/></zeroOrMore>
</element></start>
<define name="info"><element name="info">
  <optional><element name="language"><data type="language"/></element></optional>
  <oneOrMore><element name="category"><choice><value>Geo</value><value>Met</value><value>Safety</value>
    <value>Security</value><value>Rescue</value><value>Fire</value><value>Health</value><value>Env</value>
    <value>Transport</value><value>Infra</value><value>CBRNE</value><value>Other</value></choice></element></oneOrMore>
  <element name="event"><ref name="words"/></element>
  <zeroOrMore><element name="responseType"><choice><value>Shelter</value><value>Evacuate</value><value>Prepare</value>
    <value>Execute</value><value>Avoid</value><value>Monitor</value><value>Assess</value><value>AllClear</value>
    <value>None</value></choice></element></zeroOrMore>
  <element name="urgency"><choice><value>Immediate</value><value>Expected</value><value>Future</value><value>Past</value>
    <value>Unknown</value></choice></element>
  <element name="severity"><choice><value>Extreme</value><value>Severe</value><value>Moderate</value>
    <value>Minor</value><value>Unknown</value></choice></element>
  <element name="certainty"><choice><value>Observed</value><value>Likely</value><value>Possible</value>
    <value>Unlikely</value><value>Unknown</value></choice></element>
  <optional><element name="audience"><text/></element></optional>
  <zeroOrMore><element name="eventCode"><ref name="named"/></element></zeroOrMore>
  <optional><element name="effective"><ref name="time"/></element></optional>
  <optional><element name="onset"><ref name="time"/></element></optional>
  <optional><element name="expires"><ref name="time"/></element></optional>
  <optional><element name="senderName"><ref name="words"/></element></optional>
  <optional><element name="headline"><ref name="words"/></element></optional>
  <optional><element name="description"><ref name="words"/></element></optional>
  <optional><element name="instruction"><ref name="words"/></element></optional>
  <optional><element name="web"><data type="anyURI"/></element></optional>
  <optional><element name="contact"><text/></element></optional>
  <zeroOrMore><element name="parameter"><ref name="named"/></element></zeroOrMore>
  <zeroOrMore><element name="resource">
    <element name="resourceDesc"><ref name="words"/></element>
    <element name="mimeType"><data type="string"><param name="pattern">[^ /]+/[^ /]+</param></data></element>
    <optional><element name="size"><data type="integer"/></element></optional>
    <optional><element name="uri"><data type="anyURI"/></element></optional>
    <optional><element name="derefUri"><text/></element></optional>
    <optional><element name="digest"><text/></element></optional>
  </element></zeroOrMore>
  <zeroOrMore><element name="area">
    <element name="areaDesc"><ref name="words"/></element>
    <zeroOrMore><element name="polygon"><data type="string"><param name="pattern">-?[0-9]+(\.[0-9]+)?,-?[0-9]+(\.[0-9]+)?( -?[0-9]+(\.[0-9]+)?,-?[0-9]+(\.[0-9]+)?){3,}</param></data></element></zeroOrMore>
    <zeroOrMore><element name="circle"><data type="string"><param name="pattern">-?[0-9]+(\.[0-9]+)?,-?[0-9]+(\.[0-9]+)? [0-9]+(\.[0-9]+)?</param></data></element></zeroOrMore>
    <zeroOrMore><element name="geocode"><ref name="named"/></element></zeroOrMore>
    <optional><element name="altitude"><data type="decimal"/></element></optional>
    <optional><element name="ceiling"><data type="decimal"/></element></optional>
  </element></zeroOrMore>
</element></define>
<define name="named"><element name="valueName"><ref name="words"/></element><element name="value"><text/></element></define>
<define name="words"><data type="string"><param name="minLength">1</param></data></define>
<define name="restricted"><data type="string"><param name="pattern">[^ ,&lt;&amp;]+</param></data></define>
<define name="time"><data type="string"><param name="pattern">\d\d\d\d-\d\d-\d\dT\d\d:\d\d:\d\d[\-+]\d\d:\d\d</param></data></define>
</grammar>)rng";

}  // namespace madang::situations
