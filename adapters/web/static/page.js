// The chat page. The server draws everything; this patches, sends and asks.
import { takeAnswers } from "./answers.js";
import { command, compose, offerStop } from "./composer.js";
import { listen } from "./live.js";
import { follow, loadOlder } from "./scroll.js";
import { offerSearch } from "./search.js";
import { sideBar } from "./sidebar.js";
import { localise, tick } from "./times.js";

localise(document);
tick();
sideBar();
offerSearch(document.getElementById("composer") && command);
takeAnswers();
compose();
follow();
loadOlder();
listen(offerStop);
offerStop();
