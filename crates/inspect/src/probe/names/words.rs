//! Short word lists of our own: common given names and surnames, places, nationalities, titles, forms of companies.
//!
//! Words stand between spaces; `_` joins the words of one name.

/// Given names that are common somewhere and are hardly words of English.
pub(super) const GIVEN: &str = "James John Robert Michael William David Richard Joseph Thomas Charles Christopher Daniel Matthew \
Anthony Mark Donald Steven Paul Andrew Joshua Kenneth Kevin Brian George Edward Ronald Timothy Jason Jeffrey Ryan Jacob Gary \
Nicholas Eric Jonathan Stephen Larry Justin Scott Brandon Benjamin Samuel Gregory Frank Alexander Raymond Patrick Jack Dennis \
Jerry Tyler Aaron Jose Henry Adam Douglas Nathan Peter Zachary Kyle Walter Harold Jeremy Ethan Carl Keith Roger Gerald Christian \
Terry Sean Arthur Austin Noah Lawrence Jesse Joe Bryan Billy Jordan Albert Dylan Bruce Willie Gabriel Alan Juan Logan Wayne Ralph \
Roy Eugene Randy Vincent Russell Louis Philip Bobby Johnny Bradley Mary Patricia Jennifer Linda Elizabeth Barbara Susan Jessica \
Sarah Karen Nancy Lisa Betty Margaret Sandra Ashley Kimberly Emily Donna Michelle Carol Amanda Dorothy Melissa Deborah Stephanie \
Rebecca Sharon Laura Cynthia Kathleen Amy Angela Shirley Anna Brenda Pamela Emma Nicole Helen Samantha Katherine Christine Debra \
Rachel Carolyn Janet Catherine Maria Heather Diane Ruth Julie Olivia Joyce Virginia Victoria Kelly Lauren Christina Joan Evelyn \
Judith Megan Andrea Cheryl Hannah Jacqueline Martha Gloria Teresa Ann Sara Madison Frances Kathryn Janice Jean Abigail Alice \
Julia Judy Sophia Grace Denise Amber Doris Marilyn Danielle Beverly Isabella Theresa Diana Natalie Brittany Charlotte Marie Kayla \
Alexis Lori Simon Oliver Harry Charlie Leo Oscar Archie Freddie Theo Isla Ava Mia Freya Evie Poppy Niamh Aoife Siobhan Sean Liam \
Conor Declan Fiona Ian Graham Nigel Trevor Gareth Rhys Hans Klaus Jürgen Wolfgang Dieter Manfred Uwe Günter Horst Helmut Bernd \
Rainer Stefan Andreas Matthias Sebastian Florian Lukas Felix Maximilian Jonas Leon Tobias Jan Tim Niklas Ursula Sabine Petra \
Monika Renate Helga Karin Brigitte Ingrid Claudia Birgit Heike Anke Katrin Katharina Lena Leonie Hannelore Johanna Greta Jean \
Pierre Michel Philippe Alain Nicolas Christophe Laurent Olivier François Julien Sébastien Stéphane Frédéric Jérôme Antoine Luc \
Mathieu Guillaume Thierry Pascal Nathalie Isabelle Sylvie Céline Sophie Camille Chloé Manon Léa Aurélie Élodie Amélie Margaux \
Hélène Brigitte Véronique Chantal Giuseppe Giovanni Antonio Mario Luigi Francesco Angelo Vincenzo Pietro Salvatore Carlo Franco \
Domenico Bruno Paolo Marco Alessandro Andrea Stefano Matteo Lorenzo Luca Davide Simone Giulia Chiara Francesca Valentina Elena \
Alessandra Federica Silvia Paola Sofia Aurora Giorgia Martina Bianca Lucia Rosa Manuel Carlos Jesús Javier Miguel Ángel \
Fernando Luis Sergio Jorge Alberto Alejandro Diego Adrián Pablo Álvaro Raúl Enrique Ramón Vicente Andrés Rafael Eduardo Roberto \
Ricardo Carmen Josefa Isabel Dolores Pilar Cristina Marta Mercedes Antonia Raquel Beatriz Rocío Lorena Inés Ximena Guadalupe \
João José António Francisco Pedro Rui Nuno Tiago Gonçalo Bruno Rodrigo Filipe Gustavo Felipe Thiago Ana Beatriz Mariana Inês Joana \
Catarina Fernanda Letícia Camila Larissa Jesper Lars Mikkel Søren Niels Jens Rasmus Anders Henrik Thomas Kasper Magnus Mette \
Kirsten Hanne Anne Karen Freja Astrid Sigrid Erik Karl Johan Nils Mikael Björn Gustav Axel Linnea Elsa Ebba Maja Kristina Birgitta \
Margareta Ole Bjørn Kjell Knut Svein Arne Olav Terje Ingrid Kari Marit Liv Solveig Silje Matti Timo Juha Kari Antti Mika Jukka \
Pekka Mikko Sari Päivi Anneli Helena Aino Eeva Tuula Liisa Hannu Jussi Ville Jón Sigurður Guðmundur Gunnar Ólafur Guðrún Sigríður \
Anna Piotr Krzysztof Andrzej Tomasz Paweł Michał Marcin Jakub Adam Stanisław Zbigniew Tadeusz Katarzyna Małgorzata Agnieszka \
Barbara Ewa Krystyna Elżbieta Magdalena Joanna Zofia Aleksandra Jiří Petr Josef Pavel Martin Tomáš Jaroslav Miroslav Zdeněk \
Václav Marie Jana Eva Hana Lenka Kateřina Lucie Věra Alena Šárka László István József János Zoltán Sándor Gábor Ferenc Attila Péter \
Tamás Zsolt Tibor András Mária Erzsébet Katalin Ilona Éva Zsuzsanna Margit Judit Ágnes Andrei Ion Gheorghe Mihai Vasile Cristian \
Elena Ioana Alexandra Ivan Dimitar Georgi Nikola Petar Maja Marko Luka Ivana Jelena Milica Dragan Zoran Goran Milan Nenad Bojan \
Branko Matej Alojz Franc Janez Anton Dmitry Sergei Alexei Mikhail Nikolai Vladimir Yuri Andrey Igor Oleg Boris Viktor Pavel Natalia \
Tatiana Olga Irina Svetlana Ekaterina Galina Lyudmila Anastasia Ksenia Oleksandr Mykola Oksana Giorgos Dimitris Yannis Kostas \
Nikos Panagiotis Eleni Katerina Mehmet Mustafa Ahmet Ali Hüseyin Hasan İbrahim Fatma Ayşe Emine Hatice Zeynep Elif Mohammed \
Muhammad Ahmed Omar Youssef Yusuf Khalid Hassan Hussein Ibrahim Abdullah Fatima Aisha Khadija Maryam Layla Noor Zainab Samira Amira \
Rajesh Suresh Ramesh Anil Sunil Vijay Sanjay Amit Rahul Rohit Arjun Vikram Ravi Krishna Deepak Manoj Priya Pooja Anjali Neha Kavita \
Sunita Lakshmi Divya Shreya Ananya Wei Fang Ming Jing Xiaoming Hiroshi Takashi Kenji Satoshi Yuki Haruto Takumi Kazuo Akira Naoki \
Yoko Keiko Akiko Naomi Sakura Hana Toshimi Minjun Seojun Jihoon Jiwoo Soyeon Nguyen Somchai Budi Siti Putu Chinedu Ngozi \
Emeka Adebayo Oluwaseun Amina Kwame Kofi Ama Thabo Sipho Nomsa Ethel Bonnie Wanda Marvin Leonard Calvin Herbert Clarence Warren \
Leroy Alfred Elaine Irene Rita Lois Edna Gladys Josephine Vivian Norma Yvonne Gwendolyn Tamara Jill Katie Kristin Caitlin Caitlyn \
Lachlan Mackenzie Jayden Aidan Finley Alfie Callum Ewan Hamish Angus Kirsty Isobel Melanie Tilly Leah Zoe Zoë Chelsea Amelia Ella \
Lily Ellie Gabriela Valeria Renata Alejandra Verónica Mónica Patrizia Liviana Ambra Katrine Maud Moritz Dirk Jörg \
Torsten Sven Kerstin Ulrike Swen Mandy Marko Marcel Yvette Delphine Gaston Lothar";

/// Surnames that are common somewhere and are hardly words.
pub(super) const SURNAMES: &str = "Smith Johnson Williams Jones Davis Miller Wilson Moore Taylor Anderson Thomas Jackson Harris \
Thompson Garcia Martinez Robinson Clark Rodriguez Lewis Walker Allen Hernandez Wright Lopez Hill Scott Adams Nelson Mitchell Perez \
Roberts Turner Phillips Campbell Parker Evans Edwards Collins Stewart Sanchez Morris Rogers Reed Cook Morgan Bell Murphy Bailey \
Rivera Cooper Richardson Cox Howard Torres Peterson Gray Ramirez Watson Brooks Kelly Sanders Price Bennett Wood Barnes Ross \
Henderson Coleman Jenkins Perry Powell Patterson Hughes Flores Washington Butler Simmons Foster Gonzales Bryant Alexander Russell \
Griffin Diaz Hayes Myers Ford Hamilton Sullivan Wallace Owens West Jordan Reynolds Ellis Harrison Gibson McDonald Cruz Marshall \
Ortiz Gomez Murray Freeman Wells Webb Simpson Stevens Tucker Porter Hunter Hicks Crawford Henry Boyd Mason Morales Kennedy Warren \
Dixon Ramos Reyes Burns Gordon Shaw Holmes Rice Robertson Hunt Black Daniels Palmer Mills Nichols Grant Ferguson Rose Stone \
Hawkins Dunn Perkins Hudson Spencer Gardner Stephens Payne Pierce Berry Matthews Arnold Wagner Willis Ray Watkins Olson Carroll \
Duncan Snyder Hart Cunningham Bradley Lane Andrews Ruiz Harper Fox Riley Armstrong Carpenter Weaver Greene Lawrence Elliott Chavez \
Sims Austin Peters Kelley Franklin Lawson Fields Gutierrez Ryan Schmidt Carr Vasquez Castillo Wheeler Chapman Oliver Montgomery \
Richards Williamson Johnston Banks Meyer Bishop McCoy Howell Alvarez Morrison Hansen Fernandez Garza Harvey Burton Nguyen Jacobs \
Reid Fuller Lynch Garrett Romero Welch Larson Frazier Burke Hanson Mendoza Moreno Bowman Medina Fowler Brewer Hoffman Carlson Silva \
Pearson Holland Fleming Jensen Vargas Byrd Davidson Hopkins Santana Ramsey Vazquez Briggs Duran Santos Müller \
Schneider Fischer Weber Becker Schulz Schäfer Koch Bauer Klein Wolf Schröder Neumann Schwarz Zimmermann Krüger Hofmann Hartmann \
Lange Werner Krause Lehmann Dubois Durand Lefebvre Leroy Moreau Girard Fournier Rossi Russo Ferrari Esposito Bianchi Romano Colombo \
Ricci Marino Greco Conti Fernández González López Martínez Pérez Gómez Sánchez Jiménez Díaz Ferreira Oliveira Souza Costa Pereira \
Almeida Carvalho Nielsen Hansen Pedersen Andersen Christensen Larsen Sørensen Rasmussen Johansson Andersson Karlsson Nilsson \
Eriksson Olsson Persson Svensson Korhonen Virtanen Mäkinen Nieminen Nowak Kowalski Wiśniewski Novák Svoboda Novotný \
Dvořák Nagy Kovács Tóth Szabó Horváth Popescu Ivanov Petrov Smirnov Volkov Yılmaz Kaya Demir Singh Kumar Sharma Patel Gupta Khan Chen Wang Zhang \
Tanaka Suzuki Yamamoto Nakamura Kobayashi Kim Park Tran";

/// Countries and territories.
pub(super) const COUNTRIES: &str = "Afghanistan Albania Algeria Andorra Angola Argentina Armenia Australia Austria Azerbaijan Bahamas \
Bahrain Bangladesh Barbados Belarus Belgium Belize Benin Bhutan Bolivia Botswana Brazil Brunei Bulgaria Burundi Cambodia Cameroon \
Canada Chile China Colombia Comoros Croatia Cuba Cyprus Czechia Denmark Djibouti Dominica Ecuador Egypt Eritrea Estonia Eswatini \
Ethiopia Fiji Finland France Gabon Gambia Germany Ghana Greece Greenland Grenada Guatemala Guyana Haiti Honduras Hungary Iceland \
India Indonesia Iran Iraq Ireland Israel Italy Jamaica Japan Kazakhstan Kenya Kiribati Kosovo Kuwait Kyrgyzstan Laos Latvia Lebanon \
Lesotho Liberia Libya Liechtenstein Lithuania Luxembourg Madagascar Malawi Malaysia Maldives Malta Mauritania Mauritius Mexico \
Micronesia Moldova Monaco Mongolia Montenegro Morocco Mozambique Myanmar Namibia Nauru Nepal Netherlands Nicaragua Nigeria Norway \
Oman Pakistan Palau Palestine Panama Paraguay Peru Philippines Poland Portugal Qatar Romania Russia Rwanda Samoa Senegal Serbia \
Seychelles Singapore Slovakia Slovenia Somalia Spain Sudan Suriname Sweden Switzerland Syria Taiwan Tajikistan Tanzania Thailand \
Tonga Tunisia Turkey Turkmenistan Tuvalu Uganda Ukraine Uruguay Uzbekistan Vanuatu Venezuela Vietnam Yemen Zambia Zimbabwe England \
Scotland Wales Deutschland Österreich España Italia Polska United_States United_Kingdom New_Zealand South_Africa Saudi_Arabia \
South_Korea North_Korea Sri_Lanka Costa_Rica El_Salvador Dominican_Republic Czech_Republic Hong_Kong Puerto_Rico \
United_Arab_Emirates Sierra_Leone Burkina_Faso Papua_New Northern_Ireland Ivory_Coast";

/// Large cities, capitals and states of the United States whose names are hardly anything else.
pub(super) const CITIES: &str = "London Berlin Hamburg Munich München Frankfurt Cologne Köln Stuttgart Düsseldorf Leipzig Dresden \
Hannover Vienna Wien Salzburg Zurich Zürich Geneva Basel Bern Marseille Lyon Toulouse Bordeaux Strasbourg Nantes Lille Brussels \
Antwerp Amsterdam Rotterdam Utrecht Eindhoven Copenhagen København Aarhus Odense Stockholm Göteborg Gothenburg Malmö Uppsala Oslo \
Bergen Trondheim Helsinki Tampere Turku Oulu Reykjavik Reykjavík Akureyri Dublin Galway Edinburgh Glasgow Manchester Birmingham \
Liverpool Leeds Sheffield Bristol Cardiff Belfast Madrid Barcelona Valencia Sevilla Zaragoza Bilbao Lisbon Lisboa Porto Rome Roma \
Milan Milano Naples Napoli Turin Torino Venice Venezia Bologna Palermo Genoa Athens Thessaloniki Warsaw Warszawa Kraków Krakow \
Wrocław Gdańsk Poznań Łódź Prague Praha Brno Bratislava Budapest Debrecen Bucharest Sofia Belgrade Zagreb Ljubljana Maribor \
Sarajevo Skopje Tirana Tallinn Tartu Riga Vilnius Kaunas Minsk Kyiv Kiev Lviv Odessa Moscow Petersburg Novosibirsk Istanbul Ankara \
Izmir Tbilisi Yerevan Baku Tehran Baghdad Riyadh Jeddah Dubai Doha Beirut Damascus Jerusalem Cairo Alexandria Casablanca Tunis \
Algiers Lagos Abuja Nairobi Accra Johannesburg Durban Pretoria Mumbai Delhi Bangalore Bengaluru Chennai Kolkata Hyderabad Pune \
Karachi Lahore Islamabad Dhaka Colombo Kathmandu Beijing Shanghai Guangzhou Shenzhen Taipei Tokyo Osaka Kyoto Yokohama Nagoya \
Sapporo Seoul Busan Bangkok Hanoi Jakarta Manila Sydney Melbourne Brisbane Perth Adelaide Canberra Auckland Wellington \
Christchurch Toronto Montreal Vancouver Ottawa Calgary Edmonton Winnipeg Chicago Houston Philadelphia Dallas Detroit Denver Seattle \
Boston Baltimore Milwaukee Atlanta Miami Minneapolis Cleveland Pittsburgh Cincinnati Sacramento Nashville Memphis Louisville Tucson \
Fresno Omaha Tulsa Honolulu Albuquerque Alabama Alaska Arizona Arkansas California Colorado Connecticut Delaware Florida Hawaii \
Idaho Illinois Indiana Iowa Kansas Kentucky Louisiana Maine Maryland Massachusetts Michigan Minnesota Mississippi Missouri Montana \
Nebraska Nevada Ohio Oklahoma Oregon Pennsylvania Tennessee Texas Utah Vermont Wisconsin Wyoming Ontario Quebec Québec Manitoba \
Saskatchewan Queensland Tasmania Bavaria Catalonia Lombardy New_York Los_Angeles San_Francisco San_Diego Las_Vegas New_Jersey \
New_Mexico New_Hampshire North_Carolina South_Carolina North_Dakota South_Dakota West_Virginia Rhode_Island San_Antonio San_Jose \
New_Orleans Kansas_City Salt_Lake Mexico_City Buenos_Aires São_Paulo Rio_de Cape_Town Tel_Aviv New_Delhi Kuala_Lumpur Saint_Louis \
Montevideo Santiago Bogotá Caracas Quito Havana Guadalajara Monterrey Salvador Brasília Fortaleza Recife Curitiba";

/// Nationalities, religions and political groups.
pub(super) const GROUPS: &str = "American British English Scottish Welsh Irish German French Italian Spanish Portuguese Dutch Belgian \
Swiss Austrian Danish Swedish Norwegian Finnish Icelandic Polish Czech Slovak Hungarian Romanian Bulgarian Serbian Croatian \
Slovenian Bosnian Albanian Macedonian Greek Turkish Russian Ukrainian Belarusian Estonian Latvian Lithuanian Georgian Armenian \
Azerbaijani Chechen Kazakh Uzbek Iranian Persian Iraqi Syrian Lebanese Jordanian Israeli Palestinian Saudi Yemeni Kuwaiti Qatari \
Egyptian Libyan Tunisian Algerian Moroccan Sudanese Ethiopian Somali Kenyan Ugandan Tanzanian Nigerian Ghanaian Senegalese \
Cameroonian Congolese Rwandan Zambian Zimbabwean Namibian Indian Pakistani Bangladeshi Nepalese Tibetan Chinese Taiwanese Japanese \
Korean Mongolian Vietnamese Thai Cambodian Laotian Burmese Malaysian Singaporean Indonesian Filipino Australian Canadian Mexican \
Guatemalan Honduran Salvadoran Nicaraguan Panamanian Cuban Jamaican Haitian Dominican Colombian Venezuelan Ecuadorian Ecuadorean \
Peruvian Bolivian Chilean Argentinian Argentine Uruguayan Paraguayan Brazilian Surinamese Belizean Bruneian Greenlander European \
African Asian Latino Hispanic Kurdish Catalan Basque Flemish Roma Sinti Christian Catholic Protestant Orthodox Muslim Islamic Sunni \
Shia Jewish Hindu Buddhist Sikh Mormon Atheist Republican Democrat Socialist Communist";

/// What stands before a name.
pub(super) const TITLES: &str = "Mr Mrs Ms Miss Mx Dr Prof Professor Sir Dame Herr Frau Mme Mlle Monsieur Madame Señor Señora Sra Srta \
Signor Signora Dott Pan Pani Fru Rev Capt Sgt Judge Senator";

/// Legal forms and other last words of the names of companies.
pub(super) const FORMS: &str = "Inc LLC Ltd Limited GmbH AG PLC Plc Corp Corporation SARL SAS BV NV Oy Oyj AB ApS KG SE SpA Srl Pty LLP \
Holdings Bancorp Sons Associates Partners Ventures Insurance Technologies";

/// Words that begin with a capital at the beginning of a sentence or as names of days, and are no part of a name.
pub(super) const COMMON: &str = "The A An And But Or If In On At To From Of For With By As Is Are Was Were Be It Its This That These Those \
He She They We You I His Her Their Our My Your What When Where Who Why How Which There Here Please Thanks Thank Hello Hi Dear Hey Yes \
No Not Do Does Did Can Could Will Would Should May Might Must Have Has Had Let Get Set Use See Also Then Than So Just Only Now Old \
All Any Some Each Every Other Another Both Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April June \
July August September October November December Name Phone Email Address User Bot Date City Country Street Road Avenue Suite Apt Box \
Note Table Figure Chapter Section Part Version API URL HTTP Act Law Theorem Algorithm Method Model Data System University Institute \
College School Hospital Award Prize Museum Station Airport Church Park Bridge River Lake Mountain Island County State Street Day Year \
Times Post News Press Books Music Album Song Film Show Series Team Club League Cup World National International General First Second";
