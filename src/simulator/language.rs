//! Refusals in the language of the key's user, who is a Spaniard here: a client must not need to understand them.

/// English ends of messages, and what takes their place behind the field's name.
const ENDS: [(&str, &str); 4] = [
    (" is not unique", " ya existe"),
    (" can't be empty", " no puede estar vacío"),
    (
        " is not a unique identifier",
        " no es un identificador único",
    ),
    (" is invalid", " no es válido"),
];

/// Messages that are always the same.
const WHOLE: [(&str, &str); 5] = [
    ("Too many requests", "Demasiadas solicitudes"),
    ("Authentication failed", "Error de autenticación"),
    (
        "The requested resource could not be found",
        "No se ha encontrado el recurso solicitado",
    ),
    (
        "Invalid contact status provided.",
        "El estado de contacto no es válido.",
    ),
    (
        "You do not have permission to perform this action",
        "No tiene permiso para realizar esta acción",
    ),
];

/// A message in Spanish. What has no translation becomes a general one, except for technical texts with `::`.
pub fn spanish(message: &str) -> String {
    if message.contains("::") {
        return message.to_owned();
    }
    if let Some((_, spoken)) = WHOLE.iter().find(|(english, _)| *english == message) {
        return (*spoken).to_owned();
    }
    if let Some(most) = message.split_once(" is too long (maximum is ") {
        let number: String = most.1.chars().take_while(char::is_ascii_digit).collect();
        return format!("{} es demasiado largo (máximo {number} caracteres)", most.0);
    }
    let ends = ENDS.iter();
    let mut spoken = ends.filter_map(|(end, spoken)| {
        let name = message.strip_suffix(end)?;
        Some(format!("{name}{spoken}"))
    });
    spoken
        .next()
        .unwrap_or_else(|| "La solicitud no es válida".to_owned())
}
