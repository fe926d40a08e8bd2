use super::*;

fn environment(pairs: &[(&str, &str)]) -> impl Iterator<Item = (String, String)> {
    let owned: Vec<_> = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    owned.into_iter()
}

fn load(text: &str, variables: &[(&str, &str)], flags: &Flags) -> Result<Configuration, ConfigurationError> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("rukun.toml");
    std::fs::write(&path, text).expect("a file");
    Configuration::load(Some(&path), environment(variables), flags)
}

#[test]
fn flags_are_stronger_than_the_environment_and_that_than_the_file() {
    let file = "port = 1\naddress = '0.0.0.0'\nlog_format = 'json'";
    let flags = Flags { port: Some("3".into()), ..Flags::default() };
    let read = load(file, &[("RUKUN_PORT", "2"), ("RUKUN_ADDRESS", "::1"), ("PATH", "/bin")], &flags).expect("read");
    assert_eq!(read.port, 3);
    assert_eq!(read.address.to_string(), "::1");
    assert_eq!(read.log_format, LogFormat::Json);
    assert_eq!(read.data, Path::new("./rukun-data"));
}

#[test]
fn every_key_can_be_given_as_a_flag() {
    use clap::Command;
    let command = <Flags as clap::Args>::augment_args(Command::new("rukun"));
    for key in KEYS {
        let flag = key.name.replace('_', "-");
        assert!(command.get_arguments().any(|argument| argument.get_long() == Some(&flag)), "--{flag}");
    }
}

#[test]
fn an_unknown_key_is_refused_by_name_wherever_it_stands() {
    let file = load("prot = 1", &[], &Flags::default()).expect_err("refused").to_string();
    assert!(file.contains("rukun.toml has the unknown key `prot`") && file.contains("port"), "{file}");
    let variable = load("", &[("RUKUN_PROT", "1")], &Flags::default()).expect_err("refused").to_string();
    assert!(variable.contains("the environment has the unknown key `RUKUN_PROT`"), "{variable}");
}

#[test]
fn a_value_of_the_wrong_kind_is_refused_with_what_was_expected() {
    for (text, variables) in
        [("port = '80'", vec![]), ("port = -1", vec![]), ("", vec![("RUKUN_PORT", "eighty")]), ("port = 1.5", vec![])]
    {
        let error = load(text, &variables, &Flags::default()).expect_err("refused").to_string();
        assert!(error.contains("`port`") && error.contains("a whole number"), "{error}");
    }
    let error = load("", &[("RUKUN_BEHIND_PROXY", "yes")], &Flags::default()).expect_err("refused").to_string();
    assert!(error.contains("true or false"), "{error}");
}

#[test]
fn a_value_out_of_range_is_refused() {
    for text in ["port = 70000", "address = 'everywhere'", "log_format = 'xml'"] {
        assert!(matches!(load(text, &[], &Flags::default()), Err(ConfigurationError::Meaning(_))), "{text}");
    }
}

#[test]
fn a_named_file_that_is_not_there_is_an_error() {
    let missing = Path::new("/nowhere/rukun.toml");
    assert!(matches!(
        Configuration::load(Some(missing), environment(&[]), &Flags::default()),
        Err(ConfigurationError::File { .. })
    ));
}

#[test]
fn the_printed_configuration_reads_back_and_hides_the_password() {
    let flags = Flags { database: Some("postgres://anna:secret@db/rukun".into()), ..Flags::default() };
    let printed = load("", &[], &flags).expect("read").printed();
    assert!(printed.contains("postgres://anna:***@db/rukun") && !printed.contains("secret"), "{printed}");
    assert_eq!(load(&printed, &[], &Flags::default()).expect("read").printed(), printed);
}
