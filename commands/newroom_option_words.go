package commands

import "roombot/commands/syntax"

// withSynonyms are the options with the words that people write for them in German, French,
// Spanish and Japanese, or know from other programs. There is none for what cannot be undone.
func withSynonyms(options []syntax.CommandOption) []syntax.CommandOption {
	for i, o := range options {
		options[i].Synonyms = optionSynonyms[o.Key]
	}
	return options
}

var optionSynonyms = map[string][]string{
	"name": {"title", "room", "roomname", "titel", "raum", "raumname", "nom", "titre", "salle", "nombre", "título", "sala", "名前", "名称", "ルーム名"},
	"group": {"team", "teams", "distribution-list", "mailing-list", "gruppe", "gruppen", "verteiler", "verteilerliste",
		"groupe", "groupes", "équipe", "grupo", "grupos", "equipo", "グループ", "チーム", "配布リスト"},
	"user": {"users", "person", "persons", "member", "participant", "participants", "attendee", "attendees", "guests", "invitees", "add",
		"teilnehmer", "teilnehmerin", "mitglied", "mitglieder", "benutzer", "nutzer", "personen", "leute",
		"participante", "participantes", "membre", "membres", "utilisateur", "utilisateurs", "personne", "personnes",
		"usuario", "usuarios", "miembro", "miembros", "persona", "personas", "ユーザー", "ユーザ", "メンバー", "参加者"},
	"owner": {"owners", "admin", "admins", "administrator", "host", "besitzer", "besitzerin", "eigentümer", "eigentuemer", "inhaber",
		"propriétaire", "propriétaires", "administrateur", "propietario", "propietaria", "dueño", "administrador", "オーナー", "所有者", "管理者"},
	"desc": {"subject", "about", "agenda", "beschreibung", "betreff", "thema", "zweck", "sujet", "objet", "descriptif",
		"descripción", "asunto", "tema", "propósito", "説明", "目的", "件名", "概要"},
	"private":         {"privat", "privé", "privée", "privado", "privada", "非公開"},
	"public":          {"open", "öffentlich", "oeffentlich", "publique", "publik", "público", "pública", "公開"},
	"external":        {"extern", "externe", "externo", "externa", "外部", "社外"},
	"readonly":        {"schreibgeschützt", "nur-lesen", "lecture-seule", "solo-lectura", "読み取り専用"},
	"history":         {"verlauf", "historique", "historial", "履歴"},
	"discoverable":    {"findable", "searchable", "auffindbar", "trouvable", "検索可能"},
	"members-can-add": {"members-can-invite", "members-may-add", "members-may-invite", "members-add", "everyone-can-add", "anyone-can-add"},
	"preview":         {"vorschau", "aperçu", "vista-previa", "simulate", "プレビュー"},
}
