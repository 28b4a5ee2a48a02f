use crate::artifact::Status;
use crate::testing::{facts_of, look, mutilate};

fn facts(text: &str) -> Vec<String> {
    mutilate(text.as_bytes(), "m.xml");
    facts_of(&look(text.as_bytes(), "m"))
}

fn net(layers: &str) -> String {
    format!("<?xml version=\"1.0\"?>\n<net name=\"n\" version=\"11\"><layers>{layers}</layers><edges/></net>")
}

fn pmml(body: &str) -> String {
    format!(
        "<?xml version='1.0'?><PMML version='4.4' xmlns='http://www.dmg.org/PMML-4_4' \
         xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' \
         xsi:schemaLocation='http://www.dmg.org/PMML-4_4 http://www.dmg.org/v4-4/pmml-4-4.xsd'>{body}</PMML>"
    )
}

#[test]
fn honest_models_are_silent() {
    let layers = "<layer id=\"0\" name=\"x\" type=\"Parameter\" version=\"opset1\"/>\
        <layer id=\"1\" name=\"c\" type=\"Const\" version=\"opset1\">\
        <data element_type=\"f32\" shape=\"2, 3\" offset=\"0\" size=\"24\"/></layer>";
    let artifact = look(net(layers).as_bytes(), "m");
    assert_eq!((artifact.format, &artifact.status, facts_of(&artifact)), ("openvino", &Status::Understood, vec![]));
    assert_eq!(artifact.contents.parameters, 6);
    let body = "<Header><Application name='R' version='1'/><Extension name='user' value='me'>x</Extension></Header>\
        <Apply function='log10'/>";
    let artifact = look(pmml(body).as_bytes(), "m");
    assert_eq!((artifact.format, &artifact.status, facts_of(&artifact)), ("pmml", &Status::Understood, vec![]));
    let old =
        "<?xml version='1.0'?><!DOCTYPE PMML PUBLIC \"PMML 2.0\" \"http://www.dmg.org/v2-0/pmml_v2_0.dtd\"><PMML/>";
    assert!(facts(old).is_empty());
    let svg = "<?xml version='1.0'?><!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"http://x/svg11.dtd\"><svg/>";
    assert!(facts(svg).is_empty());
    assert_eq!(look(b"<!DOCTYPE html><html></html>", "m").format, "unknown");
}

#[test]
fn entities_that_leave_the_document() {
    let entity = "<!DOCTYPE net [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><net>&x;</net>";
    assert_eq!(facts(entity), ["xml-external-entity file:///etc/passwd"]);
    let parameter = "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY % x PUBLIC 'a' 'http://h/e.dtd'> %x;]><a/>";
    assert_eq!(facts(parameter), ["xml-external-entity http://h/e.dtd"]);
    assert_eq!(facts("<!DOCTYPE PMML SYSTEM 'http://h/e.dtd'><PMML/>"), ["xml-external-dtd http://h/e.dtd"]);
    let utf16: Vec<u8> = format!("\u{feff}{entity}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(facts_of(&look(&utf16, "m")), ["xml-external-entity file:///etc/passwd"]);
    let include = "<net xmlns:xi=\"http://www.w3.org/2001/XInclude\"><xi:include href=\"/etc/passwd\"/></net>";
    assert_eq!(facts(include), ["xml-include /etc/passwd"]);
}

#[test]
fn entities_that_explode() {
    let mut declarations = "<!ENTITY e0 \"lollollollollol\">".to_string();
    for level in 1..9 {
        declarations += &format!("<!ENTITY e{level} \"{}\">", format!("&e{};", level - 1).repeat(10));
    }
    assert_eq!(facts(&format!("<!DOCTYPE net [{declarations}]><net>&e8;</net>")), ["xml-entity-expansion entities"]);
    let cycle = "<!DOCTYPE net [<!ENTITY a \"&b;\"><!ENTITY b \"&a;\">]><net>&a;</net>";
    assert_eq!(facts(cycle), ["xml-entity-expansion entities"]);
    let quadratic =
        format!("<!DOCTYPE net [<!ENTITY a \"{}\">]><net>{}</net>", "x".repeat(100_000), "&a;".repeat(1000));
    assert_eq!(facts_of(&look(quadratic.as_bytes(), "m")), ["xml-entity-expansion entities"]);
    assert!(facts("<!DOCTYPE net [<!ENTITY nbsp \"&#160;\">]><net>&nbsp;&nbsp;</net>").is_empty());
}

#[test]
fn code_in_models() {
    let script = facts(&pmml("<Extension name='x'>java.lang.Runtime.getRuntime().exec(\"id\")</Extension>"));
    assert_eq!(script, ["xml-script Extension"]);
    assert_eq!(facts(&pmml("<script>1</script>")), ["xml-script script"]);
    assert_eq!(facts(&pmml("<Apply function='java.lang.Runtime'/>")), ["pmml-class-function java.lang.Runtime"]);
    let layer = |attributes: &str| facts(&net(&format!("<layer id='0' name='l' {attributes}/>")));
    assert_eq!(layer("type='Evil' version='evil_opset'"), ["openvino-custom-layer evil_opset.Evil"]);
    assert_eq!(layer("type='Relu' version='opset1' library='/tmp/e.so'"), ["openvino-library /tmp/e.so"]);
}

#[test]
fn sizes_that_lie() {
    let constant = |data: &str| {
        facts(&net(&format!(
            "<layer id='0' name='c' type='Const' version='opset1'><data element_type='f32' {data}/></layer>"
        )))
    };
    assert_eq!(constant("shape='2' offset='0' size='9'"), ["openvino-size-mismatch c"]);
    assert_eq!(constant("shape='2' offset='18446744073709551615' size='8'"), ["openvino-size-mismatch c"]);
    assert_eq!(constant("shape='2' offset='-5' size='8'"), ["openvino-size-mismatch c"]);
}
