/** What the demo's people write: Spanish and English, short and long. No names, no numbers that could be somebody's. */

export const INCOMING = [
  "Hola, buenos dias",
  "Buenas tardes",
  "Hello, is anybody there?",
  "Quisiera conocer el precio del plan mensual",
  "What is the price of the yearly plan?",
  "Necesito una cotizacion para veinte unidades",
  "Tengo un problema con mi pedido, todavia no llega",
  "My order has not arrived yet",
  "¿Cuándo entregan en mi ciudad?",
  "Can I change the delivery address?",
  "Ya hice la transferencia, adjunto el comprobante",
  "I have paid the invoice, please confirm",
  "Necesito la factura de este mes",
  "¿Me pueden agendar una cita para el jueves?",
  "I would like an appointment next week",
  "La aplicacion no funciona, me sale un error",
  "The app shows an error when I sign in",
  "Muchas gracias, excelente servicio",
  "Thanks, perfect!",
  "Esto es un mal servicio, quiero poner una queja",
  "This is the worst support, I am angry",
  "ok",
  "👍",
  "Sí",
  "No, gracias",
  "Listo, quedo atento",
  "Let me check and come back to you",
  "¿Tienen servicio los domingos?",
  "Do you ship abroad?",
  "Perdón por la demora en responder.\nEstuve de viaje toda la semana.",
  "Good morning! 😊 Just following up on my last message. We are still waiting for the second half of the order, and our own customers have started to ask. Could you look into it today and tell me when the truck leaves, and whether the invoice will show both deliveries or only the first one?",
] as const;

export const OUTGOING = [
  "Hola, ¿en qué le podemos ayudar?",
  "Hello, how can we help?",
  "Claro que sí, con gusto",
  "El plan mensual incluye soporte todos los días",
  "The yearly plan includes two months for free",
  "Su pedido sale mañana en la mañana",
  "Your order leaves the warehouse tomorrow",
  "¿Nos confirma la dirección de entrega?",
  "Please confirm the delivery address",
  "Recibimos su pago, muchas gracias",
  "We have received your payment, thank you",
  "Le enviamos la factura por correo",
  "La cita quedó agendada para el jueves a las 10:00",
  "Your appointment is set for Thursday at 10:00",
  "Ya reportamos el error al equipo tecnico",
  "Our technical team is looking into the error",
  "Lamentamos lo ocurrido, ya lo estamos revisando",
  "We are sorry about that and will fix it today",
  "¿Hay algo más en lo que le podamos ayudar?",
  "Is there anything else?",
  "Con mucho gusto. Que tenga un buen día ☀️",
  "Permítame un momento mientras reviso",
  "One moment please, I am checking",
  "Estas son las opciones disponibles:\n1. Precios\n2. Pedidos\n3. Hablar con un asesor\n\nResponda con el número de la opción que le interesa y le atendemos de inmediato.",
] as const;

export const AUTOMATIC = [
  "Gracias por escribirnos. Un asesor le responde en breve.",
  "We are closed now and answer from 8:00.",
  "Recibido.",
] as const;

export const CAPTIONS = ["Comprobante", "Receipt", "Así llegó el paquete", "See the picture", "El catálogo de este mes", "Price list"] as const;

export const OPTIONS = ["Precios", "Pedidos", "Hablar con un asesor", "Prices", "Orders", "Talk to an agent"] as const;

export const EMOJIS = ["👍", "❤️", "😂", "🙏", "🎉"] as const;

export const SUMMARIES = [
  {
    summary: "El cliente preguntó por precios y recibió una cotización.",
    interactionType: "Venta",
    sentiment: "positive",
    topics: ["precio", "cotizacion"],
  },
  { summary: "Payment confirmed and invoice sent.", interactionType: "Pago", sentiment: "neutral", topics: ["payment", "invoice"] },
  {
    summary: "Pedido demorado; se prometió entrega para el día siguiente.",
    interactionType: "Queja",
    sentiment: "negative",
    topics: ["pedido", "entrega"],
  },
  { summary: "Cita agendada.", interactionType: "Cita", sentiment: "neutral", topics: ["cita"] },
  { summary: "Sin resumen generado.", interactionType: "Otro", sentiment: "neutral", topics: [] },
] as const;
