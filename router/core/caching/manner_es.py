"""How questions are put in Spanish. Data only; accents are folded."""

from typing import Final

from router.core.caching.manner import Manner, compile_rewrites, heads_of

_N = r"((?:[\w.+#-]+ ){0,4}?[\w.+#-]+)"
_WH = r"(?= (?:como|que|quien|quienes|donde|cuando|por|cual|cuales|cuanto|cuanta|cuantos|cuantas|si) )"

_COURTESIES: Final = (
    (r"(?:(?<=^ )|(?<=, ))(?:hola|buenos dias|buenas tardes|buenas noches|buenas)(?: a todos)?(?: ,)?", ""),
    (r"(?:muchas )?gracias(?: de antemano| por adelantado)?|por favor|porfa", ""),
)

_REWRITES: Final = (
    (
        rf"(?:puede|puedes|podria|podrias|podeis|pueden|podrian)(?: usted| alguien)? (?:decirme|explicarme|"
        rf"indicarme|mostrarme|ayudarme a saber|decirnos){_WH}",
        "",
    ),
    (
        rf"(?:me |nos )(?:puede|puedes|podria|podrias|pueden|podrian)(?: usted| alguien)? (?:decir|"
        rf"explicar|indicar|mostrar){_WH}",
        "",
    ),
    (
        rf"(?:dime|digame|expliqueme|explicame|muestrame){_WH}|(?:sabe|sabes|alguien sabe|saben|"
        rf"sabeis)(?: usted)?{_WH}|(?:quisiera|quiero|me gustaria|necesito|queria) saber{_WH}|"
        rf"me pregunto{_WH}|no se{_WH}",
        "",
    ),
    (r"tengo una (?:pequena )?(?:pregunta|duda)|perdon|disculpe|(?:la|el) (?:palabra|termino)", ""),
    (
        r"como (?:puedo|podria|puede uno|se puede|podemos|debo|hago para)|de que (?:manera|"
        r"forma) (?:puedo|se puede)|cual es la (?:mejor )?(?:manera|forma) (?:correcta )?(?:de|para)|"
        r"que (?:debo|tengo que|hay que) hacer para|hay (?:alguna|una) (?:manera|forma) de|"
        r"(?:cuales son los )?pasos para|como se (?=hace )|como",
        "HOW",
    ),
    (r"(?:puedo|se puede|podemos)|es posible|esta permitido", "CAN"),
    (r"(?:debo|tengo que|hay que|tenemos que)|es (?:obligatorio|necesario)", "MUST"),
    (
        rf"cuanto (?:cuesta|cuestan|vale|valen) {_N}(?= $)|(?:cual es el|que) (?:precio|coste|"
        rf"costo) (?:tiene |de |del )?{_N}(?= $)",
        r"PRICE \1 \2",
    ),
    (
        rf"que (?:significa|quiere decir) {_N}(?= $)|cual es (?:el significado|la definicion) de {_N}(?= $)",
        r"MEANING \1 \2",
    ),
    (r"por (?:que|cual) (?:razon|motivo)", "por que"),
    (r"a que hora", "cuando"),
    (
        r"cuantos habitantes (?:tiene|hay en)|cuantas personas (?:viven|hay) en|"
        r"cual es la poblacion (?:de|del)",
        "poblacion",
    ),
    (r"(?:cual|que) (?:es|son)|cuales son", "cual"),
    (r"donde (?:puedo|se puede)(?: encontrar)?|donde (?:encuentro|esta|queda|se encuentra)", "donde"),
    (r"correo electronico|e mail|correo", "email"),
    (r"telefono movil|movil|celular", "telefono"),
    (r"iniciar sesion|entrar|acceder|conectarme", "iniciarsesion"),
    (r"(?<=^ )(?:es|son|esta|estan)", "YN"),
    (r"fue|era|fueron|eran", "PAST"),
)

_GROUPS: Final = """
    comprar adquirir
    eliminar borrar suprimir
    cambiar modificar
    cancelar anular
    empezar comenzar iniciar
    reparar arreglar
    activar encender
    desactivar apagar
    obtener conseguir recibir
    factura
    coche auto carro automovil
    foto imagen
    medico doctor
    restablecer resetear
    contrasena clave
    paquete
    reembolso devolucion
    empresa compania
    rapido rapidamente
    usar utilizar
    crear
    kilometro km kilometros
    metro metros
    centimetro cm centimetros
    kilogramo kg kilo kilos kilogramos
    litro litros
    hora horas
    minuto minutos
    euro euros eur €
    dolar dolares $
    porciento %
    y &
    abogado
    piso apartamento
    necesario requerido
    permitido
    dificil complicado
    envio entrega
    ordenador computadora computador
    encontrar hallar
"""

_NUMBERS: Final = (
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis diecisiete "
    "dieciocho diecinueve veinte veintiuno veintidos veintitres veinticuatro veinticinco veintiseis veintisiete "
    "veintiocho veintinueve treinta"
).split()

_COMMON: Final = frozenset(
    """
    aeropuerto aplicacion biblioteca calendario comprar contrato correo cuenta cumpleanos direccion entradas
    equipaje factura garantia hospital idioma impresora mensaje pasaporte pedido producto recibo reserva
    restaurante seguro suscripcion tarjeta telefono traducir transferencia usuario
    """.split()
)
"""Words that are often mistyped, none of which is one slip away from a rarer one."""

MANNER: Final = Manner(
    courtesies=compile_rewrites(_COURTESIES),
    about_words=frozenset(
        (
            "dice traduce traducir significa escribe palabra ingles frances aleman italiano portugues ruso griego "
            "turco chino japones arabe latin"
        ).split()
    ),
    rewrites=compile_rewrites(_REWRITES),
    dropped=frozenset("el la los las un una unos unas es son esta estan lo".split()),
    heads=heads_of(_GROUPS),
    binders=frozenset(
        "en a al de del para con sin por desde hasta antes despues durante entre sobre bajo si cuando porque".split()
    ),
    persons={
        word: person
        for person, words in {
            "I": "yo me mi mis mio nosotros nos nuestro nuestra",
            "you": "tu te tus ti usted ustedes vuestro",
            "he": "su sus ella ellos ellas le les",
        }.items()
        for word in words.split()
    },
    asks=frozenset(
        (
            "como que quien quienes donde cuando cual cuales cuanto "
            "cuanta cuantos cuantas HOW CAN MUST YN PRICE MEANING"
        ).split()
    ),
    denials=frozenset("no nunca jamas nada nadie ningun ninguna ninguno sin ni tampoco".split()),
    common=_COMMON,
    numbers={
        **{word: str(value) for value, word in enumerate(_NUMBERS)},
        **{
            word: str(value)
            for value, word in zip(
                range(40, 101, 10), "cuarenta cincuenta sesenta setenta ochenta noventa cien".split(), strict=True
            )
        },
        "mil": "1000",
    },
)
